"""Message catalogues without the gettext tools: extract, update, check and compile with Babel.

``python -m heli.config.messages update [APP_DIR…]`` · ``compile`` · ``check``
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import extract, mofile, pofile
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.translation.template import templatize

HELI = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd]")


def apps() -> list[Path]:
    """Return the folders that hold a catalogue of their own."""
    rooms = sorted(path.parent for path in (HELI / "rooms").glob("*/apps.py"))
    return [HELI / "config", HELI / "kernel", HELI / "ui", *rooms]


def catalogue_path(app: Path) -> Path:
    return app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def extracted(app: Path) -> Catalog:
    """Return the messages that the app's Python files and templates ask for."""
    catalogue = Catalog(locale=LOCALE, project="Heli", charset="utf-8", header_comment="")
    for path in sorted((*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt"))):
        if {"tests", "migrations", "node_modules"} & set(path.parts):
            continue
        if path.suffix == ".txt" and "templates" not in path.parts:
            continue
        for _line, message, comments, context in _messages_in(path):
            catalogue.add(
                message,
                context=context,
                locations=[(str(path.relative_to(HELI)), 0)],
                auto_comments=comments,
            )
    return catalogue


def _messages_in(path: Path) -> Iterator[tuple]:  # type: ignore[type-arg]  # Babel's own untyped tuples
    text = path.read_text(encoding="utf-8")
    source = text if path.suffix == ".py" else _unindented(templatize(text, origin=str(path)))
    return iter(list(extract.extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)))


def _unindented(source: str) -> str:
    """Python's tokenizer reads what Django makes of a template, if nothing is indented."""
    return "\n".join(line.lstrip() for line in source.splitlines())


def stored(app: Path) -> Catalog:
    path = catalogue_path(app)
    if not path.exists():
        return Catalog(locale=LOCALE, charset="utf-8")
    with path.open("rb") as lines:
        return pofile.read_po(lines, locale=LOCALE)


def update(app: Path) -> list[str]:
    """Write the app's catalogue: new messages empty, unused ones dropped. Return the untranslated ones."""
    fresh, old = extracted(app), stored(app)
    for message in fresh:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None:
            message.string = known.string
    if len(fresh):
        catalogue_path(app).parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        pofile.write_po(buffer, fresh, width=110, sort_output=True, omit_header=True, include_lineno=False)
        header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: zh_Hans\\n"\n'
        header += '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        catalogue_path(app).write_bytes(header.encode() + buffer.getvalue())
    return [str(message.id) for message in fresh if message.id and not _is_translated(message.string)]


def compile_all() -> None:
    for app in apps():
        source = catalogue_path(app)
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            with target.open("wb") as binary:
                mofile.write_mo(binary, stored(app))


def faults(app: Path) -> list[str]:
    """Return every message that is missing, untranslated, unused or has lost a placeholder."""
    fresh, old = extracted(app), stored(app)
    found = []
    for message in fresh:
        known = old.get(message.id, message.context) if message.id else None
        if message.id and (known is None or not _is_translated(known.string)):
            found.append(f"{app.name}: not translated: {message.id!r}")
        elif message.id and known is not None and _placeholders(message.id) != _placeholders(known.string):
            found.append(f"{app.name}: placeholders differ: {message.id!r}")
    unused = [m for m in old if m.id and fresh.get(m.id, m.context) is None]
    return found + [f"{app.name}: no longer used: {message.id!r}" for message in unused]


def clashes(folders: Iterable[Path]) -> list[str]:
    """Return every message that two catalogues translate differently: Django shows one of them everywhere."""
    seen: dict[tuple[str | None, object], dict[object, str]] = {}
    for app in folders:
        for message in stored(app):
            if message.id:
                known = seen.setdefault((message.context, message.id), {})
                known.setdefault(_plain(message.string), app.name)
    return [
        f"two translations of {message!r}: "
        + ", ".join(f"{text!r} in {room}" for text, room in texts.items())
        + "; choose one, or give it a context"
        for (_context, message), texts in seen.items()
        if len(texts) > 1
    ]


def _plain(text: object) -> object:
    return tuple(text) if isinstance(text, list) else text


def _is_translated(text: object) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


def _placeholders(text: object) -> set[str]:
    parts = text if isinstance(text, tuple | list) else [text]
    return {name for part in parts for name in _PLACEHOLDER.findall(str(part)) if name}


def main(command: str, *folders: str) -> int:
    if not settings.configured:
        settings.configure(USE_I18N=True)
    chosen = [Path(folder).resolve() for folder in folders] or apps()
    if command == "update":
        for app in chosen:
            for message in update(app):
                print(f"{app.name}: to translate: {message!r}")
        return 0
    if command == "compile":
        compile_all()
        return 0
    found = [fault for app in chosen for fault in faults(app)] + clashes(apps())
    print("\n".join(found) or "Every message is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["check"])))
