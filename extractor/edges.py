"""Tell whether a passage may begin or end at a place: not inside a word, a number or a negation.

All offsets are those of the raw text. A place where nothing is cut is called clean.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

import regex

from extractor.fold import IGNORED, SINGLE_MARKS

Care = Literal["statement", "verbatim", "name", "inner"]
"""How much belongs together. `pro-X` is one word in a statement and in words taken verbatim, and
two for a name; `X-led` is one word in a statement only. At an inner edge, where the passage goes
on, only words and numbers are whole: `5` and `million` may part."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_IGNORED = frozenset(IGNORED)
_HYPHENS = frozenset("-‐‑")
_WITHOUT_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}ー]"
)
_HANGUL = regex.compile(r"\p{Hangul}")
_CLITIC = regex.compile(r".(?:s|d|m|ll|re|ve)\b", regex.IGNORECASE)
"""What an apostrophe may join to a word that stands for itself: a possessive, a short verb."""
_ELISION = regex.compile(
    r"(?<!\w)(?:l|d|j|m|t|s|c|n|qu|lorsqu|puisqu|jusqu|quelqu|gl|un|(?:d|n|s)?[ae]ll|quest|quell)['’]$"
)
_NUMERALS = "〇零一二三四五六七八九十百千万萬亿億兆两兩"

_SPACE = r"[ \u00a0\u2009\u202f]"
_SCALE = (
    r"(?:hundred|thousand|million|billion|trillion|dozen|bn|mn|tn|percent|per cent|pct|percentage"
    r"|Prozent|Tausend|Millionen|Million|Milliarden|Milliarde|Mio|Mrd|mille|millions?|milliards?"
    r"|pour cent|mil|millón|millones|por ciento|por cento|milhão|milhões|bilhões|mila|milioni"
    r"|miliardi|per cento|procent|процент\w*|тысяч\w*|миллион\w*|миллиард\w*|млн|млрд)"
)
_DIGITS = (
    r"(?:(?:(?<![\w\p{M}\-‐‑‒–—])[-‐‑‒–+±]|−)?"  # a sign, which no word or dash stands before
    rf"(?:[A-Z]{{0,3}}\p{{Sc}}{_SPACE}?)?(?:(?<=\p{{Sc}})[-–−])?"
    r"(?:(?<!\w)[.,])?"
    r"\p{N}++"
    r"(?:[.,'’·:/٫٬\u00a0\u2009\u202f\-‐‑‒–−](?=\p{N})\p{N}++)*+"
    rf"(?:{_SPACE}?[%‰‱°]|{_SPACE}?\p{{Sc}}(?!\d))?"
)
_BARE_NUMBER = regex.compile(rf"{_DIGITS})|[{_NUMERALS}]++")
_NUMBER = regex.compile(
    rf"{_DIGITS}(?:[\s\-‐‑]{{1,2}}{_SCALE}\b|[{_NUMERALS}]++)?)|[{_NUMERALS}]++"
)
_DIGIT = regex.compile(rf"[\p{{N}}{_NUMERALS}]")
_NEAR, _AROUND = 8, 48

_NEGATORS = _listed(
    """
    not never no nor neither cannot hardly barely scarcely nobody none nothing nowhere without
    nicht kein keine keinen keinem keiner keines nie niemals ne pas jamais aucun aucune
    nunca jamás tampoco non mai não nem niet geen nooit inte aldrig ikke aldri ej nikdy
    не нет ни никогда ні değil לא אין لا لم لن ليس ليست नहीं
    """
)
_SHORT_NEGATION = ("n't",)
_WORD_BEFORE = regex.compile(r"(?<![\w\p{M}'’])([\w\p{M}'’]+)\s+$")
_WORD_AFTER = regex.compile(r"\s+([\w\p{M}'’]+)(?![\w\p{M}'’])")
_JOINED_BEFORE = regex.compile(r"(?:(?<!\w)[nN]['’]|[不没沒未無无非勿别別]|ไม่)$")
_JOINED_AFTER = regex.compile(r"(?:ない|なかった|なく|ません|ず)")
_REACH = 40
"""Code points looked at for the word beside a passage."""


def _previous(text: str, at: int) -> int:
    """Find the visible character before `at`; -1 when there is none."""
    at -= 1
    while at >= 0 and text[at] in _IGNORED:
        at -= 1
    return at


def _next(text: str, at: int) -> int:
    """Find the visible character at or after `at`; the length of the text when there is none."""
    while at < len(text) and text[at] in _IGNORED:
        at += 1
    return at


def _char(text: str, at: int) -> str:
    return text[at] if 0 <= at < len(text) else " "


def _is_word(char: str) -> bool:
    """Tell whether a character is part of a word: letters, digits, marks on them, joiners."""
    return char.isalnum() or char in "_\u200c\u200d" or unicodedata.category(char)[0] == "M"


def clean_start(text: str, at: int, care: Care) -> bool:
    """Tell whether a passage may begin at `at`."""
    return not (
        _cuts_word(text, at, care) or _cuts_before(text, at, care) or _cuts_number(text, at, care)
    )


def clean_end(text: str, at: int, care: Care) -> bool:
    """Tell whether a passage may end at `at`."""
    return not (
        _cuts_word(text, at, care) or _cuts_after(text, at, care) or _cuts_number(text, at, care)
    )


def _cuts_word(text: str, at: int, care: Care) -> bool:
    """Tell whether letters of one word stand on both sides; never so between unspaced letters."""
    left, right = _char(text, _previous(text, at)), _char(text, _next(text, at))
    if not (_is_word(left) and _is_word(right)):
        return False
    if care == "name" and _HANGUL.match(left):
        return False
    return not (_WITHOUT_SPACES.match(left) or _WITHOUT_SPACES.match(right))


def _cuts_before(text: str, at: int, care: Care) -> bool:
    """Tell whether a joint stands before `at` that ties the word there to the one before."""
    joint = _previous(text, at)
    char, first = _char(text, joint), _char(text, _next(text, at))
    left = _char(text, _previous(text, joint)) if joint >= 0 else " "
    if not (_is_word(left) and _is_word(first)):
        return False
    if char in SINGLE_MARKS:
        return not _ELISION.search(text, max(0, at - 10), at)
    if char in _HYPHENS:
        return care != "name"
    return char in "&@" or (char == "." and _is_initial(text, joint))


def _cuts_after(text: str, at: int, care: Care) -> bool:
    """Tell whether a joint stands at `at` that ties the word before to the one after."""
    joint = _next(text, at)
    char, last = _char(text, joint), _char(text, _previous(text, at))
    right = _char(text, _next(text, joint + 1))
    if not (_is_word(last) and _is_word(right)):
        return False
    if char in SINGLE_MARKS:
        joined = care == "name" and right.islower()
        return not (joined or _CLITIC.match(text, joint))
    if char in _HYPHENS:
        return care == "statement" or not (last.isalpha() and right.isalpha())
    return char in "&@" or (char == "." and _is_initial(text, joint))


def _is_initial(text: str, stop: int) -> bool:
    """Tell whether the full stop at `stop` ends a single letter, as in `U.S.`."""
    letter = _previous(text, stop)
    return _char(text, letter).isalpha() and not _is_word(_char(text, _previous(text, letter)))


def _cuts_number(text: str, at: int, care: Care) -> bool:
    """Tell whether `at` is inside a number, its sign, currency, percent and scale included."""
    if not _DIGIT.search(text, max(0, at - _NEAR), at + _NEAR):
        return False
    pattern = _BARE_NUMBER if care == "inner" else _NUMBER
    numbers = pattern.finditer(text, max(0, at - _AROUND), at + _AROUND)
    return any(found.start() < at < found.end() for found in numbers)


def loses_negation(text: str, start: int, end: int, within: tuple[int, int]) -> bool:
    """Tell whether the word right before or after `text[start:end]` negates it.

    Looked for in the sentence `within`, and only where nothing but white space is between.
    """
    lowest, highest = max(within[0], start - _REACH), min(within[1], end + _REACH)
    before = _WORD_BEFORE.search(text, lowest, start)
    after = _WORD_AFTER.match(text, end, highest)
    if any(found and _negates(found.group(1)) for found in (before, after)):
        return True
    joined = _JOINED_BEFORE.search(text, lowest, start) or _JOINED_AFTER.match(text, end, highest)
    return joined is not None


def _negates(word: str) -> bool:
    word = word.casefold().replace("’", "'").strip("'")
    return word in _NEGATORS or word.endswith(_SHORT_NEGATION)
