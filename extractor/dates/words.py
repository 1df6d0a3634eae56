"""The English words of time expressions, and their spelling made uniform."""

from __future__ import annotations

import re
from collections.abc import Iterable


def _numbered(names: str, start: int) -> dict[str, int]:
    """Count groups of names, separated by `|`, from `start` on."""
    groups = enumerate(names.split("|"), start)
    return {name: index for index, group in groups for name in group.split()}


MONTHS = _numbered(
    "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|"
    "sep sept september|oct october|nov november|dec december",
    start=1,
)
WEEKDAYS = _numbered(
    "mon monday|tue tues tuesday|wed wednesday|thu thur thurs thursday|fri friday|sat saturday|"
    "sun sunday",
    start=0,
)
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""First month of each season of three months, north of the equator."""
NUMBERS = _numbered(
    "a an one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|"
    "fifteen|sixteen|seventeen|eighteen|nineteen|twenty",
    start=1,
) | {"a couple of": 2, "thirty": 30, "forty": 40, "fifty": 50, "ninety": 90, "a hundred": 100}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
}  # fmt: skip
FIXED_DAYS = {
    "christmas day": (12, 25), "christmas eve": (12, 24), "christmas": (12, 25),
    "boxing day": (12, 26), "new year's eve": (12, 31), "new year's day": (1, 1),
    "the new year": (1, 1), "new year": (1, 1), "halloween": (10, 31), "may day": (5, 1),
    "hogmanay": (12, 31),
}  # fmt: skip
"""Month and day of holidays that do not move."""
WEEKDAY_HOLIDAYS = {
    "labor day": (9, 0, 1), "labour day": (9, 0, 1), "thanksgiving": (11, 3, 4),
    "thanksgiving day": (11, 3, 4),
}  # fmt: skip
"""Month, weekday and which of them in the month."""
EASTER_DAYS = {"good friday": -2, "easter": 0, "easter sunday": 0, "easter monday": 1}
"""Days from Easter Sunday."""


def one_of(words: Iterable[str]) -> str:
    """Give a regular expression for any of the words, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


_CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d\d){0,2} ?[ap]m|\d{1,2}[:.]\d\d(?! ?(?:percent|%))(?: hours)?|\d{4} hours"
    r"|noon|midday|midnight|dawn|dusk|sunrise|sunset|daybreak|nightfall|lunchtime"
    r"|(?:the )?(?:small|early|late) hours)(?: (?:local time|gmt|utc|est|et|bst|cet))?"
)
_PART_OF_DAY = r"(?:(?:early|late|mid)[ -])?(?:morning|afternoon|evening|night|lunchtime)"
_ABOUT = r"(?:(?:shortly|just|soon|well) )?(?:about|around|at|before|after|nearly|in) "
_LINK = r"(?: (?:on|of|in the (?:morning|afternoon|evening)(?: (?:on|of))?))?"
_LEADING_TIME = re.compile(
    rf"^(?P<keep>(?:(?:by|until|till|since|from|between) )?)(?:{_ABOUT})?(?:the )?"
    rf"(?:{_CLOCK}|{_PART_OF_DAY}){_LINK}(?: |$)"
)
_TRAILING_TIME = re.compile(
    r"(?: (?:at|by|from|until|before|after|around|about|in))?(?: the)?"
    rf" (?:{_CLOCK}|{_PART_OF_DAY})$"
)
_MODIFIED_DAY = re.compile(
    r"^(?P<keep>(?:(?:by|until|since|from) )?)(?:as )?(?:early|late) (?:on |as )?"
    rf"(?={one_of(WEEKDAYS)}\b)"
)
_PART_OF_UNIT = re.compile(r"\b((?:end|middle|beginning|start) of) the (?=year|month|week)")
_EMPTY_WORDS = re.compile(
    r"^(?:for|of|on|throughout|(?:most|much|all|the whole|the rest) of|overnight(?: on| from)?)"
    r" (?=\S)"
    r"| (?:at the (?:earliest|latest)|or thereabouts|or so)$"
)


def uniform(text: str) -> str:
    """Spell a time expression in lower case with plain marks and single spaces."""
    text = text.casefold().translate(str.maketrans("’‘–—‐‑−\u00a0", "''-----\u0020"))
    text = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", text)
    text = re.sub(r"(?<!\d)\.|\.(?!\d)|[,;:]+(?= |$)|[()\[\]\"“”]", " ", text)
    text = _EMPTY_WORDS.sub("", " ".join(text.split()))
    text = re.sub(r"\b(?:a|the) fortnight\b", "two weeks", text)
    return re.sub(
        r"\b((?:end|middle|beginning|start) of) the (?=year|month|week)", r"\1 this whole ", text
    )


def without_time_of_day(text: str) -> str:
    """Drop hours and parts of the day from a uniform expression; "" when nothing else is there."""
    before = None
    while text != before:
        before = text
        for pattern in (_LEADING_TIME, _MODIFIED_DAY):
            text = pattern.sub(lambda found: found["keep"], text).strip()
        text = _TRAILING_TIME.sub("", text)
    return text
