"""Likeness of wording: what two texts share in characters, and what each says that the other does not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass

CLASH_SCALE = 60.0
"""Weight of particulars on both sides at which a clash is two thirds certain."""

RUN = 4
"""Characters in a row that count as shared wording."""


@dataclass(frozen=True, slots=True)
class Grams:
    """The character pairs of a text with their weights, the length of that vector, and longer runs."""

    weights: Mapping[str, float]
    norm: float
    mass: float
    runs: Set[str]


def pairs_of(text: str) -> list[str]:
    """The character pairs of a normal text."""
    return [text[at : at + 2] for at in range(len(text) - 1)]


def weigh(text: str, rarity: Mapping[str, float], default: float) -> Grams:
    """Weigh the character pairs of a normal text by how rare they are in the field."""
    weights = {gram: rarity.get(gram, default) for gram in pairs_of(text)}
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    runs = frozenset(text[at : at + RUN] for at in range(len(text) - RUN + 1))
    return Grams(weights, norm, sum(weights.values()), runs)


def overlap(one: Grams, other: Grams) -> tuple[float, float, float]:
    """Cosine of the weighted character pairs, and the share of each text's pairs that the other has; each 0 to 1."""
    if not one.norm or not other.norm:
        return 0.0, 0.0, 0.0
    few, many = (one, other) if len(one.weights) <= len(other.weights) else (other, one)
    product = mass_few = mass_many = 0.0
    theirs = many.weights
    for gram, weight in few.weights.items():
        found = theirs.get(gram)
        if found is not None:
            product += weight * found
            mass_few += weight
            mass_many += found
    cosine = min(1.0, product / (one.norm * other.norm))
    held_few, held_many = min(1.0, mass_few / few.mass), min(1.0, mass_many / many.mass)
    return (cosine, held_few, held_many) if few is one else (cosine, held_many, held_few)


def shared_runs(one: Grams, other: Grams) -> float:
    """The share of runs of four characters of the text with fewer runs that the other also has, 0 to 1."""
    few, many = (one.runs, other.runs) if len(one.runs) <= len(other.runs) else (other.runs, one.runs)
    return len(few & many) / len(few) if few else 0.0


def clash(one: Grams, other: Grams, plain_one: Mapping[str, float], plain_other: Mapping[str, float]) -> float:
    """How much both texts say in detail that the other does not, 0 to 1: each names particulars of its own."""
    mine = sum(weight for gram, weight in plain_one.items() if gram not in other.weights)
    theirs = sum(weight for gram, weight in plain_other.items() if gram not in one.weights)
    return 1 - math.exp(-min(mine, theirs) / CLASH_SCALE)
