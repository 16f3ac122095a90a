"""``heli reset-sign-in``: a sign-in set anew from the server's shell, where nobody in Heli can confirm it."""

from __future__ import annotations

import click

from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor.session import database_up, start_django


@click.command("reset-sign-in")
@click.argument("name")
@click.option("--second-factor", is_flag=True, help="Remove the second factor instead of setting a password.")
def reset_sign_in(name: str, *, second_factor: bool) -> None:
    """Give the account NAME a one-time password, printed once, or remove its second factor.

    Ends its sessions and keys, and stands in the audit log. NAME is a staff number or an administrator's name.
    """
    with refusals(), database_up():
        start_django()
        from django.utils import timezone

        from heli.kernel.problems import Problem
        from heli.rooms.people import enums, services

        try:
            password = services.reset_on_server(
                sign_in_name=name.strip(),
                kind=enums.ResetKind.SECOND_FACTOR if second_factor else enums.ResetKind.PASSWORD,
                by="heli reset-sign-in",
                at=timezone.localtime(),
            )
        except Problem as problem:
            refuse(str(problem))
    click.echo(say("reset.password" if password else "reset.factor", name=name.strip(), password=password))
