"""Likeness of wording: what two texts share in characters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

RUN = 4
"""Characters in a row that count as shared wording."""


@dataclass(frozen=True, slots=True)
class Grams:
    """A normal text with the weights of its character pairs, the length of that vector and their sum."""

    text: str
    weights: Mapping[str, float]
    norm: float
    mass: float


def pairs_of(text: str) -> list[str]:
    """The character pairs of a normal text."""
    return [text[at : at + 2] for at in range(len(text) - 1)]


_SHARED: dict[str, str] = {}
"""One string per character pair: a hundred thousand texts hold the same few thousand."""


def weigh(text: str, rarity: Mapping[str, float], default: float) -> Grams:
    """Weigh the character pairs of a normal text by how rare they are in the field."""
    weights = {_SHARED.setdefault(gram, gram): rarity.get(gram, default) for gram in pairs_of(text)}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    return Grams(text, weights, norm, sum(weights.values()))


def overlap(one: Grams, other: Grams) -> tuple[float, float, float]:
    """Cosine of the weighted character pairs, and the share of each text's pairs that the other has; each 0 to 1."""
    if not one.norm or not other.norm:
        return 0.0, 0.0, 0.0
    weights = one.weights  # a pair weighs the same in every text
    shared = [weights[gram] for gram in weights.keys() & other.weights.keys()]
    mass = math.fsum(shared)  # the order of a set is no order
    cosine = min(1.0, math.fsum([weight * weight for weight in shared]) / (one.norm * other.norm))
    return cosine, min(1.0, mass / one.mass), min(1.0, mass / other.mass)


def shared_runs(one: Grams, other: Grams) -> float:
    """The share of runs of four characters of the shorter text that the other also has, 0 to 1."""
    few, many = (one.text, other.text) if len(one.text) <= len(other.text) else (other.text, one.text)
    runs = {few[at : at + RUN] for at in range(len(few) - RUN + 1)}
    return len([run for run in runs if run in many]) / len(runs) if runs else 0.0
