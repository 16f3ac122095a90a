"""``python -m heli.config.accuracy FOLDER``: how right the alignment is on labelled real papers, beside plain floors.

Reads `alignment_dev.csv` (text_a, text_b, label) and `gaps_dev.csv` (file, key_link, present) of the folder and the
papers that the latter names. Nothing is fitted on these rows; `docs/accuracy.md` says which of them were looked at. The
rows are divided by a fixed seed into 100 that may be read and the others, which are only scored.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from heli.engines.alignment import key_links, verdicts
from heli.engines.alignment.wording import normal
from heli.engines.officedocs import reading

SEED, READ_ROWS = 20270310, 100
PAIRS, GAPS = "alignment_dev.csv", "gaps_dev.csv"


@dataclass(frozen=True, slots=True)
class Measure:
    """Right and wrong answers to one yes-or-no question."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the answers "yes" that are right."""
        return self.hits / max(self.hits + self.false, 1)

    @property
    def recall(self) -> float:
        """Share of the true ones that were found."""
        return self.hits / max(self.hits + self.missed, 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hits / max(2 * self.hits + self.false + self.missed, 1)

    def __str__(self) -> str:
        return f"F1 {self.f1:.3f}  P {self.precision:.3f}  R {self.recall:.3f}"


def measure(truth: Iterable[bool], said: Iterable[bool]) -> Measure:
    """Compare answers with the truth."""
    counts = Counter(zip(truth, said, strict=True))
    return Measure(counts[True, True], counts[False, True], counts[True, False])


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_part(count: int) -> tuple[list[int], list[int]]:
    """The rows that may be read and those that are only scored, by the fixed seed."""
    order = list(range(count))
    random.Random(SEED).shuffle(order)  # noqa: S311 - the same rows each time
    return sorted(order[:READ_ROWS]), sorted(order[READ_ROWS:])


def _bigrams(text: str) -> Counter[str]:
    words = normal(text).text
    return Counter(words[at : at + 2] for at in range(len(words) - 1))


def _cosine(a: str, b: str) -> float:
    one, other = _bigrams(a), _bigrams(b)
    product = sum(count * other[gram] for gram, count in one.items())
    lengths = sum(n * n for n in one.values()) * sum(n * n for n in other.values())
    return product / lengths**0.5 if lengths else 0.0


def best_threshold(truth: Sequence[bool], scores: Sequence[float]) -> Measure:
    """The floor: the best that one threshold on a score can do on these very rows."""
    found = [measure(truth, [score >= cut for score in scores]) for cut in sorted(set(scores))]
    return max(found, key=lambda each: each.f1, default=Measure(0, 0, 0))


def pair_figures(rows: Sequence[dict[str, str]]) -> dict[str, Measure]:
    """Same, and at least related, beside bare cosine at its best threshold."""
    judged = [verdicts.compare(row["text_a"], row["text_b"]) for row in rows]
    same = [row["label"] == "same" for row in rows]
    close = [row["label"] != "different" for row in rows]
    return {
        "same": measure(same, [each.verdict == "same" for each in judged]),
        "same, floor (character-pair cosine, best threshold)": best_threshold(
            same, [_cosine(row["text_a"], row["text_b"]) for row in rows]
        ),
        "same or related": measure(close, [each.verdict != "different" for each in judged]),
    }


def confusion(rows: Sequence[dict[str, str]]) -> Counter[tuple[str, str]]:
    """How often each label met each verdict."""
    return Counter((row["label"], verdicts.compare(row["text_a"], row["text_b"]).verdict) for row in rows)


def _paper_texts(path: Path) -> list[str]:
    return [block.text for block in reading.read(path.read_bytes(), path.name).blocks]


def _by_name(texts: Sequence[str], name: str) -> bool:
    """The floor for key links: search the paper for the name."""
    parts = name.replace("(", "/").rstrip(")").split("/")
    return any(part in text for text in texts for part in parts[:2])


def key_link_figures(folder: Path, rows: Sequence[dict[str, str]]) -> dict[str, Measure]:
    """Presence of key links beside a search for their names."""
    papers = {name: _paper_texts(folder / name) for name in {row["file"] for row in rows}}
    found = {
        name: {hit.key_link: hit.present for hit in key_links.find_key_links(texts)} for name, texts in papers.items()
    }
    truth = [row["present"] == "1" for row in rows]
    return {
        "key links": measure(truth, [found[row["file"]].get(row["key_link"], False) for row in rows]),
        "key links, floor (search for the name)": measure(
            truth, [_by_name(papers[row["file"]], row["key_link"]) for row in rows]
        ),
    }


def report(folder: Path, say: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Measure and print everything of a folder; returns the figures by part and question."""
    pairs = _read_csv(folder / PAIRS)
    read, scored = read_part(len(pairs))
    parts = {
        f"all {len(pairs)} pairs": pairs,
        f"the {len(read)} that may be read": [pairs[at] for at in read],
        f"the {len(scored)} that are only scored": [pairs[at] for at in scored],
    }
    figures: dict[str, dict[str, float]] = {}
    for part, rows in parts.items():
        say(f"\n{part}")
        for question, found in pair_figures(rows).items():
            say(f"  {question:52} {found}")
            figures[f"{part}: {question}"] = {"f1": found.f1, "precision": found.precision, "recall": found.recall}
    say("\nlabel -> verdict, all pairs")
    for (label, verdict), count in sorted(confusion(pairs).items()):
        say(f"  {label:10} -> {verdict:10} {count:4}")
    gaps = _read_csv(folder / GAPS)
    say(f"\n{len(gaps)} key links in {len({row['file'] for row in gaps})} papers")
    for question, found in key_link_figures(folder, gaps).items():
        say(f"  {question:52} {found}")
        figures[question] = {"f1": found.f1, "precision": found.precision, "recall": found.recall}
    return figures


def _silent(_line: str) -> None:
    """Print nothing."""


def main(arguments: Sequence[str]) -> int:
    """Print the figures of the folder named; with --json one object and nothing else."""
    names = [argument for argument in arguments if argument != "--json"]
    folder = Path(names[0]) if len(names) == 1 else Path()
    missing = [name for name in (PAIRS, GAPS) if not (folder / name).is_file()]
    if len(names) != 1 or missing:
        where = names[0] if names else "no folder named"
        print(f"{where}: needs {PAIRS} and {GAPS}. Usage: make accuracy SAMPLES=folder", file=sys.stderr)
        return 2
    as_json = "--json" in arguments
    figures = report(folder, _silent if as_json else print)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
