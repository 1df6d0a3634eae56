"""Time the grounding of 1,000 items in one article of a million code points.

Run by `python -m benchmarks.grounding`. The bound is plain `str.find` for the same strings in the
same run. Everything is counted: the fold, the sentences, paragraphs and passages of the article
are made inside the measured time. Then the time for an article of usual length. Times are of the
processor, so that other work of the machine does not count.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from extractor.grounding import FoldedText, ground
from extractor.records import Span
from extractor.schema_files import load_schema

SCHEMA = load_schema(Path(__file__).parents[1] / "schemas" / "quotes.py")
SYLLABLES = tuple(a + b for a in "bcdfglmnprstvz" for b in "aeiou")
LENGTH, ITEMS, USUAL = 1_000_000, 1_000, 3_000
BUDGET_S = 1.0


def word(rng: random.Random) -> str:
    """Make a word of two to four syllables."""
    return "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))


def paragraph(rng: random.Random) -> tuple[str, dict[str, str]]:
    """Make a paragraph that attributes a statement, and the item that says so."""
    said = " ".join(word(rng) for _ in range(rng.randint(5, 18)))
    first, last = word(rng).capitalize(), word(rng).capitalize()
    filler = " ".join(word(rng) for _ in range(rng.randint(20, 80)))
    text = f"“{said},” said {first} {last} – {filler}. {last} left\u00a0early."
    item = {"content": said, "cue": "said", "source": f"{first} {last}", "speaker": last}
    return text, item


def article(length: int, items: int) -> tuple[str, list[dict[str, str]]]:
    """Make an article of about `length` code points and so many items spread over it."""
    rng = random.Random(1)
    made, size = [], 0
    while size < length:
        made.append(paragraph(rng))
        size += len(made[-1][0]) + 2
    step = max(1, len(made) // items)
    return "\n\n".join(text for text, _ in made), [item for _, item in made[::step]][:items]


def absent(items: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Make items whose last word is in no article."""
    return [{**item, "content": item["content"] + " xyzzy"} for item in items]


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def grounded(text: str, items: Sequence[dict[str, str]]) -> int:
    """Ground in a text never seen before, so that nothing is cached; count what is located."""
    fresh = text + " "
    return len(ground(items, SCHEMA, FoldedText(fresh), Span(start=0, end=len(fresh))).located)


def main() -> None:
    """Print the times and their ratio to the bound."""
    text, items = article(LENGTH, ITEMS)
    bound = seconds(lambda: [text.find(value) for item in items for value in item.values()])
    strings = len(items) * len(items[0])
    print(f"bound: str.find of {strings:,} strings in {len(text):,} code points: {bound:.3f} s")
    for name, given in (("honest", items), ("absent", absent(items))):
        took = seconds(lambda given=given: grounded(text, given))
        verdict = "within" if took < BUDGET_S else "over"
        print(f"{name}: {took:.3f} s, {took / bound:.1f} × the bound, {verdict} {BUDGET_S:.0f} s")
    short, few = article(USUAL, 12)
    grounded(short, few)
    took = min(seconds(lambda n=n: grounded(short + " " * n, few)) for n in range(1, 20))
    print(f"an article of {len(short):,} code points, {len(few)} items: {took * 1000:.1f} ms")


if __name__ == "__main__":
    main()
