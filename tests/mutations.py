"""Make false and honest versions of labelled statements, for the promise "verbatim or not at all".

The articles in `tests/data/articles` are labelled by hand. A false version differs from what the
article says; one that by chance stands in the article after all is left out by an oracle that
shares nothing with the engine: Python's `in` on the raw text. An honest version differs by the
declared fold only, and its place is known beforehand.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import yaml

ARTICLES = Path(__file__).parent / "data" / "articles"
MARKS = "\"“”„«»‘’'"
TENSES = {
    "is": "was",
    "was": "is",
    "are": "were",
    "were": "are",
    "will": "would",
    "would": "will",
    "has": "had",
    "had": "has",
    "have": "had",
    "said": "says",
}
COUNTS = {"one": "two", "two": "three", "three": "four", "four": "five", "six": "seven"}
NEGATION = re.compile(r"\b(?:not|never|no|cannot) |(?<=\w)n['’]t\b")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")


@dataclass(frozen=True)
class Statement:
    """A labelled statement that stands at exactly one place of its article."""

    article: str
    text: str
    start: int
    content: str
    kind: str

    @property
    def end(self) -> int:
        return self.start + len(self.content)


@dataclass(frozen=True)
class Case:
    """What a model might give, the raw text it is given for, and the place it must be found at.

    `start` is None for a false version, which must not be found at all.
    """

    kind: str
    article: str
    text: str
    needle: str
    start: int | None = None
    end: int | None = None


@functools.cache
def statements() -> tuple[Statement, ...]:
    """List the labelled statements whose words stand once, in any case, in their article."""
    found = []
    for path in sorted(ARTICLES.glob("*.yaml")):
        article = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        text = article["text"]
        for label in article["quotes"]:
            content = label["content"]
            if text.casefold().count(content.casefold()) == 1 and content[0] not in MARKS:
                at = text.find(content)
                found.append(Statement(article["id"], text, at, content, label["kind"]))
    return tuple(found)


def stands(needle: str, text: str) -> bool:
    """Tell whether a text holds the needle, but for its first letter's case and its last mark."""
    bare = needle.rstrip(" .,;")
    return any(
        other in text for other in (bare, bare[:1].upper() + bare[1:], bare[:1].lower() + bare[1:])
    )


# ---------------------------------------------------------------- false versions


def _numbers(content: str) -> Iterator[str]:
    for digit in re.finditer(r"\d", content):
        at = digit.start()
        yield content[:at] + str((int(digit.group()) + 3) % 10) + content[at + 1 :]
        yield content[:at] + "7" + content[at:]
    for word, other in COUNTS.items():
        if re.search(rf"\b{word}\b", content):
            yield re.sub(rf"\b{word}\b", other, content, count=1)


def _digit_dropped(content: str) -> Iterator[str]:
    for number in re.finditer(r"\d{2,}", content):
        yield content[: number.start()] + content[number.start() + 1 :]


def _negation_dropped(content: str) -> Iterator[str]:
    for found in NEGATION.finditer(content):
        rest = content[: found.start()] + content[found.end() :]
        if found.start() > 0:
            yield rest


def _negation_added(content: str) -> Iterator[str]:
    for found in re.finditer(r"\b(?:is|was|are|were|will|would|has|had|have|can|could) ", content):
        yield content[: found.end()] + "not " + content[found.end() :]
    yield "not " + content
    yield content + " not"


def _tense(content: str) -> Iterator[str]:
    for word, other in TENSES.items():
        if re.search(rf"\b{word}\b", content):
            yield re.sub(rf"\b{word}\b", other, content, count=1)


def _word_inserted(content: str) -> Iterator[str]:
    words = content.split(" ")
    for word in ("reportedly", "very"):
        if len(words) > 2:
            middle = len(words) // 2
            yield " ".join([*words[:middle], word, *words[middle:]])


def _word_dropped(content: str) -> Iterator[str]:
    words = content.split(" ")
    if len(words) > 4:
        middle = len(words) // 2
        yield " ".join([*words[:middle], *words[middle + 1 :]])


def _words_swapped(content: str) -> Iterator[str]:
    words = content.split(" ")
    if len(words) > 4:
        words[1], words[2] = words[2], words[1]
        yield " ".join(words)


def _case_inside(content: str) -> Iterator[str]:
    name = NAME.search(content)
    if name:
        yield content[: name.start()] + name.group().lower() + content[name.end() :]


def _comma_dropped(content: str) -> Iterator[str]:
    if ", " in content[:-2]:
        yield content.replace(", ", " ", 1)


CHANGES = {
    "number": _numbers,
    "digit dropped": _digit_dropped,
    "negation dropped": _negation_dropped,
    "negation added": _negation_added,
    "tense": _tense,
    "word inserted": _word_inserted,
    "word dropped": _word_dropped,
    "words swapped": _words_swapped,
    "case inside": _case_inside,
    "comma dropped": _comma_dropped,
}


def _changed() -> Iterator[Case]:
    for said in statements():
        for kind, change in CHANGES.items():
            for needle in change(said.content):
                yield Case(kind, said.article, said.text, needle)


def _name_swapped() -> Iterator[Case]:
    for said in statements():
        names = sorted(set(NAME.findall(said.text)))
        for found in NAME.finditer(said.content):
            other = next((name for name in names if name not in said.content), None)
            if other:
                needle = said.content[: found.start()] + other + said.content[found.end() :]
                yield Case("name swapped", said.article, said.text, needle)


def _pairs() -> Iterator[tuple[Statement, Statement]]:
    """Yield neighbours of the same article, in the order of the text."""
    ordered = sorted(statements(), key=lambda said: (said.article, said.start))
    for one, other in pairwise(ordered):
        if one.article == other.article and one.end < other.start:
            yield one, other


def _merged() -> Iterator[Case]:
    for one, other in _pairs():
        for joint in (" ", ". ", ", "):
            needle = one.content.rstrip(".,") + joint + other.content
            yield Case("merged", one.article, one.text, needle)


def _is_once(needle: str, text: str) -> bool:
    return text.casefold().count(needle.casefold()) == 1


def _edge_negation() -> Iterator[Case]:
    """Cut a statement right after, or right before, a negation."""
    for said in statements():
        for found in re.finditer(r"\b(?:not|never|cannot|\w+n['’]t)\b", said.content):
            after, before = said.content[found.end() :], said.content[: found.start()]
            for needle in (after.strip(), before.strip()):
                beside = after if needle == after.strip() else before
                touches = beside.strip() != beside and beside.strip(" ")[:1].isalnum()
                if touches and len(needle.split()) > 1 and _is_once(needle, said.text):
                    if beside is before and not before.rstrip(" ")[-1:].isalnum():
                        continue
                    yield Case("negation at the edge", said.article, said.text, needle)


def _number_cut() -> Iterator[Case]:
    """Begin or end a statement inside a number, or beside its sign, currency or percent."""
    for said in statements():
        for found in re.finditer(
            r"[$€£]?\d+(?:[.,]\d+)*(?:%| percent\b| per cent\b)?", said.content
        ):
            number = found.group()
            for cut in range(1, len(number)):
                head, tail = (
                    said.content[: found.start() + cut],
                    said.content[found.start() + cut :],
                )
                inside = number[cut - 1].isalnum() and number[cut].isalnum()
                if not inside and number[cut - 1] not in "$€£" and number[cut] != "%":
                    continue
                for needle in (head, tail):
                    if len(needle.split()) > 1 and _is_once(needle, said.text):
                        yield Case("number cut", said.article, said.text, needle)


def _ends(content: str, words: int = 4) -> tuple[str, str]:
    parts = content.split()
    return " ".join(parts[:words]), " ".join(parts[-words:])


def _is_one_passage(one: Statement, other: Statement) -> bool:
    """Tell, by eye on the raw characters, whether the two could be parts of one passage.

    They cannot when a paragraph ends between them, when one of them stands in marks and the other
    does not stand in the same, or when a sentence ends between them outside of marks.
    """
    between = one.text[one.end : other.start]
    if "\n" in between:
        return False
    marked = [mark for mark in between if mark in MARKS and mark not in "'’"]
    if one.kind == "direct":
        return not marked and not re.search(r"['’](?:\W|$)", between)
    return not re.search(r"[.!?][\"”’»']? ", between)


def _spanning() -> Iterator[Case]:
    """Give the first words of one statement and the last of another, either way round."""
    for one, other in _pairs():
        if min(len(one.content.split()), len(other.content.split())) < 4:
            continue
        for first, last in ((one, other), (other, one)):
            head, tail = _ends(first.content)[0], _ends(last.content)[1]
            unique = one.text.count(head) == 1 == one.text.count(tail)
            if unique and (first is other or not _is_one_passage(one, other)):
                needle = f"{head} … {tail}"
                yield Case("spanning", one.article, one.text, needle)


def _anchor_changed() -> Iterator[Case]:
    for said in statements():
        words = said.content.split()
        if len(words) < 9:
            continue
        head, tail = _ends(said.content)
        for wrong in (
            f"{' '.join([words[0], 'not', *words[1:3]])} … {tail}",
            f"{head} … {' '.join([*words[-4:-1], 'not', words[-1]])}",
            f"{' '.join(words[:2])} … {tail}",
            f"{head} … {' '.join(words[-2:])}",
            f"{head} … {tail} … {tail}",
        ):
            yield Case("changed at an end", said.article, said.text, wrong)


@functools.cache
def false_versions() -> tuple[Case, ...]:
    """List the false versions, each once; none of them stands in its article."""
    made = [*_changed(), *_name_swapped(), *_merged(), *_spanning(), *_anchor_changed()]
    kept = [case for case in made if not stands(case.needle, case.text)]
    # these do stand in the article, letter for letter: it is the cut that makes them false
    return tuple(dict.fromkeys([*kept, *_edge_negation(), *_number_cut()]))


# --------------------------------------------------------------- honest versions

STRAIGHT = str.maketrans({**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’", "'")})


def _curly(content: str) -> str:
    """Make straight marks curly: opening before a word, closing elsewhere."""
    content = re.sub(r"(?<!\w)\"(?=\w)", "“", content).replace('"', "”")
    return re.sub(r"(?<!\w)'(?=\w)", "‘", content).replace("'", "’")


def _second_space(content: str, white: str) -> str:
    return (
        content.replace(" ", white, 2).replace(white, " ", 1) if content.count(" ") > 1 else content
    )


def _rewritten(content: str) -> Iterator[tuple[str, str]]:
    """Yield how the content might be given, with the name of the difference."""
    yield "straight", content.translate(STRAIGHT)
    yield "curly", _curly(content)
    for dash in ("\u2010", "\u2011", "\u2012", "–", "—", "―", "−", "--"):
        yield "dash", re.sub("[-–—]", dash, content)
    for white in ("\u00a0", "\u202f", "\u2009", "\n", "\r\n", "\t", "  ", "\u2028"):
        yield "white space", _second_space(content, white)
    yield "white space", f"  {content}\n"
    for hidden in ("\u00ad", "\u200b", "\u2060", "\ufeff", "\u200f"):
        yield "ignored", content[:1] + hidden + content[1:]
    yield "decomposed", unicodedata.normalize("NFD", content)
    yield "ellipsis", content.replace("…", "...")
    first = content[0]
    yield "first letter", (first.lower() if first.isupper() else first.upper()) + content[1:]


def _final(said: Statement) -> Iterator[tuple[str, str, int]]:
    """Yield a content with a mark after it, or marks around it, and how much longer it is.

    A mark that the article has at that place belongs to what is found.
    """
    content, following = said.content, said.text[said.end : said.end + 1]
    for mark in (",", ".", ";", "…"):
        yield "final mark", content + mark, int(mark == following)
    for before, after in ("“”", '""', "‘’", "''", "«»", "„“"):
        yield "enclosing marks", f"{before}{content}{after}", 0
        yield "enclosing marks", f"{before}{content},{after}", int(following == ",")


def _given() -> Iterator[Case]:
    for said in statements():
        plain = ((kind, needle, 0) for kind, needle in _rewritten(said.content))
        for kind, needle, more in (*plain, *_final(said)):
            if needle != said.content:
                yield Case(kind, said.article, said.text, needle, said.start, said.end + more)


def _anchored() -> Iterator[Case]:
    for said in statements():
        head, tail = _ends(said.content)
        words = said.content.split()
        if len(words) < 9 or said.content.count(head) != 1 or said.content.count(tail) != 1:
            continue
        if re.search(r"[.!?] ", said.content) and said.kind != "direct":
            continue  # several sentences outside of marks: beyond what an expansion may hold
        for gap in (" … ", " ... "):
            yield Case("anchors", said.article, said.text, head + gap + tail, said.start, said.end)


def _in_other_type() -> Iterator[Case]:
    """Set the article in other type, one character for one, and give the content as it was."""
    for said in statements():
        for kind, table in (
            ("text straight", STRAIGHT),
            ("text dashes", str.maketrans({"-": "\u2011", "–": "—", "—": "–"})),
            ("text white space", str.maketrans({" ": "\u00a0"})),
        ):
            text = said.text.translate(table)
            if text != said.text:
                yield Case(kind, said.article, text, said.content, said.start, said.end)


@functools.cache
def honest_versions() -> tuple[Case, ...]:
    """List the honest versions, each once, with their places."""
    return tuple(dict.fromkeys([*_given(), *_anchored(), *_in_other_type()]))
