"""What cannot be done becomes one clear line on stderr and exit status 2."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
import psycopg

from heli.config.sentences import say
from heli.config.supervisor.accounts import AccountMissing, ProgramsMissing
from heli.config.supervisor.backup import BackupRefused
from heli.config.supervisor.client import ClientFailed, ClientMissing
from heli.config.supervisor.cluster import ClusterBroken
from heli.config.supervisor.lock import StillHeld
from heli.config.supervisor.postgres import AddressUnusable


def refuse(sentence: str) -> NoReturn:
    """End the command with ``sentence`` on stderr and exit status 2."""
    click.echo(sentence, err=True)
    raise SystemExit(2)


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the known failures of the database, of backups and of the machine into a refusal."""
    try:
        yield
    except BackupRefused as refused:
        refuse(say(refused.code, **refused.values))
    except ClientMissing as program:
        refuse(say("client.missing", program=program))
    except ClientFailed as reason:
        refuse(say("client.failed", reason=reason))
    except StillHeld as lock:
        refuse(say("run.stuck", lock=lock))
    except psycopg.OperationalError as error:
        _refuse_unreachable(error)
    except AddressUnusable as address:
        refuse(say("run.address", variable=address.variable))
    except (ClusterBroken, AccountMissing, ProgramsMissing) as reason:
        refuse(say("doctor.database.not_started", reason=" ".join(str(reason).split())))
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        refuse(say("machine.failed", reason=error))
    except Exception as error:
        if isinstance(error.__cause__, psycopg.OperationalError):  # as Django passes it on
            _refuse_unreachable(error.__cause__)
        raise


def _refuse_unreachable(error: psycopg.OperationalError) -> NoReturn:
    refuse(say("doctor.database.unreachable", reason=" ".join(str(error).split())))
