"""Sentences for people, in Chinese and English, from `data/sentences.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def load_data(name: str) -> dict[str, Any]:
    """Return one of this package's TOML data files, parsed once."""
    source = resources.files("heli.engines.officedocs").joinpath("data", name)
    return tomllib.loads(source.read_text(encoding="utf-8"))


def sentence(section: str, code: str, language: str, params: dict[str, object]) -> str:
    """Return the sentence `section.code` in Chinese when `language` starts with zh, else in English.

    Raises KeyError for an unknown code or a parameter the sentence needs and does not get: both are
    mistakes in the code, never in a file.
    """
    entry = load_data("sentences.toml")[section][code]
    template: str = entry["zh" if language.lower().startswith("zh") else "en"]
    return template.format(**params)
