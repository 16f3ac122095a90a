"""``heli create-administrator``: the first system, security and audit administrators of a real site."""

from __future__ import annotations

import secrets
import sys

import click

from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor.session import database_up, start_django

KINDS = ("system", "security", "audit")


@click.command("create-administrator")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--name", required=True, help="Sign-in name; not a staff number.")
@click.option("--email", default="", help="E-mail address; signs in as well.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_administrator(kind: str, name: str, email: str, *, password_stdin: bool) -> None:
    """Make an administrator of KIND. Without --password-stdin a password is made and printed once.

    It must be changed at the first sign-in, which then asks for a second factor.
    """
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(15)
    with refusals(), database_up():
        start_django()
        from django.utils import timezone

        from heli.kernel.problems import Problem
        from heli.rooms.people import enums, services

        try:
            services.create_administrator(
                kind=enums.AdministratorKind(kind),
                sign_in_name=name.strip(),
                password=password,
                email=email.strip().lower(),
                by="heli create-administrator",
                at=timezone.localtime(),
            )
        except Problem as problem:
            refuse(str(problem))
    click.echo(say("administrator.made", kind=kind, name=name))
    if not password_stdin:
        click.echo(say("administrator.password", password=password))
