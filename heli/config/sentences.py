"""What the terminal commands say, in Chinese and English, without starting Django.

Read by the system's Python too, before anything is installed, and by older ones than Heli needs.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path


def say(code: str, **values: object) -> str:
    """Return the sentence ``code`` in the language of the terminal, with ``values`` filled in."""
    return _sentences()[code][language()].format(**values)


def language() -> str:
    """Return ``zh`` or ``en``: ``HELI_LANGUAGE``, else what the terminal's locale says, else English.

    ``C`` and ``POSIX`` name no language, so the next variable is asked, as where nothing is set.
    """
    values = (os.environ.get(name, "") for name in _VARIABLES)
    named = next((value for value in values if value.partition(".")[0] not in {"", "C", "POSIX"}), "en")
    return "zh" if named.lower().startswith("zh") else "en"


def _sentences() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("sentences.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: {"zh": row["zh"], "en": row["en"]} for row in csv.DictReader(file)}


_VARIABLES = ("HELI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")

if __name__ == "__main__":
    print("\n".join(say(code) for code in sys.argv[1:]))
