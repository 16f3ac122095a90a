"""Short remarks after an act, with a way back. They are Django messages, readable without scripts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

_UNDO = "undo="
_VERSION = "version="


def done(request: HttpRequest, text: str, *, undo_url: str = "", version: int | None = None) -> None:
    """Say what was done; ``undo_url`` (a POST address) offers to take it back."""
    tags = [f"{_UNDO}{undo_url}"] if undo_url else []
    tags += [f"{_VERSION}{version}"] if undo_url and version is not None else []
    messages.success(request, text, extra_tags=" ".join(tags))


def warn(request: HttpRequest, text: str) -> None:
    """Say what to look at."""
    messages.warning(request, text)


def refuse(request: HttpRequest, text: str) -> None:
    """Say what was not done and why."""
    messages.error(request, text)


def undo_of(message: Message) -> tuple[str, str]:
    """The undo address of a message and its version, each "" when there is none."""
    tags = (message.extra_tags or "").split()
    url = next((tag.removeprefix(_UNDO) for tag in tags if tag.startswith(_UNDO)), "")
    version = next((tag.removeprefix(_VERSION) for tag in tags if tag.startswith(_VERSION)), "")
    return url, version
