"""Chinese task papers of two lines: duties, what is the same, what is missing, what contradicts. See README.md.

The face of the engine, loaded when first asked for: ``split``, ``align``, ``align_items``, ``Paper``, ``compare``,
``find_key_links``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heli.engines.alignment.board import Paper, align, align_items
    from heli.engines.alignment.key_links import find_key_links
    from heli.engines.alignment.splitting import split
    from heli.engines.alignment.verdicts import compare

__all__ = ["Paper", "align", "align_items", "compare", "find_key_links", "split"]

_HOME = {
    "Paper": "board",
    "align": "board",
    "align_items": "board",
    "compare": "verdicts",
    "find_key_links": "key_links",
    "split": "splitting",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
