"""``heli demo``: the invented enterprise, to try Heli on."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from heli.config import paths
from heli.config.refusals import refusals, refuse
from heli.config.sentences import say
from heli.config.supervisor import demo_mark, prepare
from heli.config.supervisor.session import database_up, start_django
from heli.config.supervisor.sign_ins import FILE, lines


@click.command()
def demo() -> None:
    """Load the demo enterprise into an empty site; loading it twice changes nothing."""
    with refusals(), database_up():
        if not prepare.is_prepared():
            refuse(say("demo.unprepared"))
        if not (demo_mark.is_demo() or demo_mark.is_empty()):
            refuse(say("demo.occupied"))
        start_django()
        from django.utils.translation import override

        from heli.config import demo as enterprise

        enterprise.load()
        by_language = {}
        for code, name in (("zh", "zh-hans"), ("en", "en")):
            with override(name):
                by_language[code] = [asdict(one) for one in enterprise.sign_ins()]
    (paths.VAR / FILE).write_text(json.dumps(by_language, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(say("demo.loaded"))
    for line in lines():
        click.echo(line)
