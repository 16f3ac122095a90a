"""The component list of README.md, written from the registry: ``python -m heli.ui.reference``."""

from __future__ import annotations

import os
from pathlib import Path

README = Path(__file__).resolve().parent / "README.md"
START, END = "<!-- components -->", "<!-- /components -->"


def table() -> str:
    """Every component with its props, as Markdown."""
    from heli.ui.components import everything

    lines = []
    for component in everything():
        tag = "cblock" if component.is_block else "c"
        parts = f" Parts: {', '.join(component.parts)}." if component.parts else ""
        passes = " Passes hx_*, data_*, aria_*." if component.passes else ""
        lines.append(f'**`{{% {tag} "{component.name}" %}}`** {component.doc}{parts}{passes}\n')
        for name, prop in component.props.items():
            need = ", required" if prop.required else ""
            choices = f" One of: {', '.join(prop.choices)}." if prop.choices and len(prop.choices) < 20 else ""
            default = f" Default: {prop.default}." if prop.default not in ("", None, False, (), {}) else ""
            lines.append(f"- `{name}` ({prop.kind}{need}): {prop.help}.{choices}{default}")
        lines.append("")
    return "\n".join(lines).strip()


def with_table(text: str) -> str:
    """The README text with the list between its two marks renewed."""
    head, rest = text.split(START)
    return f"{head}{START}\n{table()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heli.config.settings")
    django.setup()
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
