"""Full names of a text, found by their shape, and short forms of them made full.

A name is a run of two or more capitalised words of one line, with particles inside (`Ursula von der
Leyen`). Works in scripts that have capitals; a text in another script has no names here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import regex

_PARTICLE = (
    r"(?:al|de|da|do|dos|das|del|della|di|du|la|le|van|von|der|den|bin|ibn|ben|abu|el|y"
    r"|де|фон|ван|дер|бин|ибн)"
)
_INITIAL = r"\p{Lu}\."
_CAPITALISED = rf"(?:[\p{{Lu}}\p{{Lt}}][\w\p{{M}}’'‐‑-]++|{_INITIAL})"
_BOUND = r"(?:(?:[aeu][a-z]|аль|ад|ас|эль|эр)[‐‑-]|[dl]['’])"
"""What is written together with the capitalised word after it: `al-Assad`, `d’Estaing`."""
_SPACE = r"[ \u00a0]"
_MOST_WORDS = 20
_NEXT = rf"{_SPACE}(?:{_PARTICLE}{_SPACE})*+{_BOUND}?+{_CAPITALISED}"
NAME = rf"{_CAPITALISED}(?:{_NEXT}){{0,5}}+"
"""The pattern of a name of one word or more."""
_RUN = regex.compile(rf"(?<!\w|\w\.){_CAPITALISED}(?:{_NEXT}){{1,{_MOST_WORDS}}}+")
_POSSESSIVE = regex.compile(r"['’]s$")
_LOWER_CASE_WORD = regex.compile(r"(?<![\w’'-])\p{Ll}[\w\p{M}]+")
_WHOLE_WORD = regex.compile(r"\w+")
_LINKS = frozenset(("a", "an", "and", "at", "for", "in", "of", "on", "the"))
"""Words that two names have in common by chance."""
_ADJECTIVE = regex.compile(r"-(?:based|born|flagged|led|owned|backed)$")
_FOLD = str.maketrans({"’": "'", "‐": "-", "‑": "-", "\u00a0": " "})


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUNCTION_WORDS = _listed(
    "The A An In On At But And He She It They We I This That These Those For From By With As If "
    "When While After Before Mr Mrs Ms Dr"
)
_TITLES = _listed(
    "Miss Mx Sir Dame Lord Lady Emperor Sheikh Sultan Emir Imam Rabbi Cardinal Father Sister "
    "Brother Oba Haji Alhaji Datuk Mir Doña Dona Private Coach Engineer Economist Publican Garda "
    "Elder CP PC Pc Lawmaker Spokesman Spokeswoman Supervisor Maître Daw"
)
"""Titles at the start of a name that also stand inside names."""
_OFFICES = _listed(
    "Mr Mrs Ms Dr Prof Professor Baroness Ayatollah Mullah Maulana Archbishop Bishop Pastor Rev "
    "Reverend Fr Herr Frau Monsieur Madame Señor Señora Senator Sen Senators Representative Rep "
    "Congressman Congresswoman Councillor Councilor Cllr Councilman Councilwoman Assemblyman "
    "Assemblywoman Judge Justice Gen Lieutenant Lt Colonel Col Maj Captain Capt Sergeant Sgt "
    "Corporal Admiral Adm Commodore Commander Cmdr Brigadier Brig Officer Inspector Insp "
    "Superintendent Detective Det Constable Sheriff Advocate Magistrate Attorney President "
    "President-elect Premier Minister Chancellor Governor Gov Mayor Secretary Speaker Ambassador "
    "Commissioner Chairman Chairwoman Director Executive Chief Prosecutor General Leader "
    "Taoiseach Tánaiste CEO CFO COO Treasurer Auditor Auditor-General Trooper Commandant Cr Adv "
    "Barrister Moderator Convener Justices"
)
"""Titles that other capitalised words may stand before: `Health Minister`, `Senate Leader`."""
_HONOURS = _listed("KC QC OBE MBE CBE FRS PhD")
"""What stands behind the names of people only; `SC` does behind clubs, `MP` behind parties."""
_CALENDAR = _listed(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December Christmas Easter"
)
_PLACES_AND_BODIES = _listed(
    "Sea Strait Straits River Bay Gulf City County State States Province Region District Island "
    "Islands Valley Street Road Avenue Square Bridge Airport Port Hall House Palace Stadium Coast "
    "Guard Congress Parliament Senate Council Party University School College Hospital Times "
    "Post Daily News Department Ministry Office Agency Court Bank Korean Korea Africa African Jr Sr"
)
"""Last words of places and bodies that are named after a place or person, not that one."""
_GIVEN_NAMES_THAT_ARE_WORDS = _listed(
    "will mark bill grant rose grace hope jack rob frank art dean gene faith joy dawn pat sue nick "
    "guy max ray drew chase pierce miles lance rich dale glen cliff sandy penny heather ivy lily "
    "daisy olive violet iris ruby pearl amber jade don earl prince king major marshal page"
)


class Occurrence(NamedTuple):
    """One mention of a full name; `end` is the offset in the text just past it."""

    name: str
    end: int


@lru_cache(maxsize=32)
def occurrences(text: str) -> tuple[Occurrence, ...]:
    """Find every mention of a full name, in order."""
    return tuple(
        Occurrence(name, run.end())
        for run in _RUN.finditer(text)
        if (name := _bare(run.group())) is not None
    )


def _bare(run: str) -> str | None:
    """Drop what does not belong to a name: leading function words, possessive, full stop."""
    words = run.rstrip(".'’-").split(" ")
    for at, word in enumerate(words[1:]):
        if words[at].endswith(".") and word in _FUNCTION_WORDS:
            words = words[: at + 1]  # "Plan B. The" runs over the end of a sentence
            break
    while words and words[0].rstrip(".") in _FUNCTION_WORDS:
        words = words[1:]
    name = _POSSESSIVE.sub("", " ".join(words)).rstrip(".")
    return name if len(_words(name)) > 1 else None


def mentions(text: str) -> tuple[str, ...]:
    """List the full names of the text once each, by last mention, oldest first."""
    last = dict.fromkeys(occurrence.name for occurrence in reversed(occurrences(text)))
    return tuple(reversed(last))


def is_full(name: str, text: str) -> bool:
    """Tell whether the text has this as a full name, with or without a title before it."""
    words = _words(name)
    return bool(words) and name in _index(text).by_last.get(_key(words[-1]), ())


def expand(name: str, text: str) -> str:
    """Return the one full name of the text that ends in `name`, else `name`.

    Titles and possessives of `name` are dropped first; two words that remain are a full name as
    they stand. A single word that no full name ends in is expanded to the one that starts with it:
    a family name written first, or the short form of a firm. When several full names fit, nothing
    is expanded. What is returned stands in the text if `name` does.
    """
    index = _index(text)
    short = index.without_trimmings(name)
    if len(_words(short)) != 1 or not short[0].isupper():
        return short
    fitting = index.ending_in(short) or index.starting_with(short)
    return fitting[0] if len(fitting) == 1 else short


def alike(short: str, name: str) -> bool:
    """Tell whether two forms of a name share a word, or the first is the initials of the other."""
    words = [word for word in _WHOLE_WORD.findall(name) if word.casefold() != "the"]
    shared = {word.casefold() for word in words} & set(_WHOLE_WORD.findall(short.casefold()))
    if any(len(word) > 1 and word not in _LINKS for word in shared):
        return True
    letters = "".join(filter(str.isalpha, _POSSESSIVE.sub("", short)))
    initials = (
        "".join(word[0] for word in words if every or word[0].isupper()) for every in (0, 1)
    )
    several = sum(map(str.isupper, letters)) > 1
    return several and letters.casefold() in map(str.casefold, initials)


def _words(name: str) -> list[str]:
    return name.replace("\u00a0", " ").split()


def _fold(name: str) -> str:
    return name.translate(_FOLD)


def _key(word: str) -> str:
    return _fold(word).casefold()


_IN_WORD = regex.compile(r"\w")
_GOES_ON = regex.compile(r"\w|['’]s")


@dataclass(frozen=True)
class _Index:
    """The full names of one text, without titles, by their last and first word, case folded."""

    text: str
    by_last: Mapping[str, tuple[str, ...]]
    by_first: Mapping[str, tuple[str, ...]]

    def ending_in(self, word: str) -> list[str]:
        """List the full names whose last word is the one given."""
        return [full for full in self.by_last.get(_key(word), ()) if _same(word, full, -1)]

    def starting_with(self, word: str) -> list[str]:
        """List the people and firms whose first word is given; no `China Sea` for `China`."""
        return [
            full
            for full in self.by_first.get(_key(word), ())
            if _same(word, full, 0) and _words(full)[-1] not in _PLACES_AND_BODIES
        ]

    def without_trimmings(self, name: str) -> str:
        """Drop possessive and title where what remains stands in the text by itself."""
        name = name.strip()
        bare = _POSSESSIVE.sub("", name)
        if bare != name and self._stands_alone(bare):
            name = bare
        if not all(word[0].isupper() for word in _words(name)):
            return name  # "Lawyers for Mr. Lee" are not Lee
        untitled = " ".join(_untitled(_words(name)))
        return untitled if untitled and self._is_known(untitled) else name

    def _is_known(self, name: str) -> bool:
        """Whether a full name, or the first or last word of one, is what is given."""
        last = _key(_words(name)[-1])
        if name in _PLACES_AND_BODIES:
            return False
        if " " in name:
            return name in self.by_last.get(last, ())
        return (last in self.by_last or last in self.by_first) and self._stands_alone(name)

    def _stands_alone(self, name: str) -> bool:
        """Whether the name occurs without a possessive: `Moody’s` is no form of `Moody`."""
        at = self.text.find(name) if name else -1
        while at >= 0:
            before, after = self.text[at - 1 : at], at + len(name)
            if not (_IN_WORD.match(before) or _GOES_ON.match(self.text, after)):
                return True
            at = self.text.find(name, at + 1)
        return False


def _same(word: str, full: str, at: int) -> bool:
    """Whether word number `at` of a name is the one given; all capitals fit any case."""
    return word.isupper() or _fold(_words(full)[at]) == _fold(word)


@lru_cache(maxsize=32)
def _index(text: str) -> _Index:
    lower_case = frozenset(_LOWER_CASE_WORD.findall(text)) - _GIVEN_NAMES_THAT_ARE_WORDS
    by_last: defaultdict[str, list[str]] = defaultdict(list)
    by_first: defaultdict[str, list[str]] = defaultdict(list)
    for full in _distinct(_person_or_body(name, lower_case) for name in mentions(text)):
        words = _words(full)
        by_last[_key(words[-1])].append(full)
        by_first[_key(words[0])].append(full)
    return _Index(text, _frozen(by_last), _frozen(by_first))


def _frozen(lists: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({key: tuple(value) for key, value in lists.items()})


def _distinct(names: Iterable[str | None]) -> Iterable[str]:
    """Leave out None and, of names that differ in case or typography only, all but one.

    The one kept is not all in capitals if any is not.
    """
    kept: dict[str, str] = {}
    for name in names:
        if name is not None and (_key(name) not in kept or kept[_key(name)].isupper()):
            kept[_key(name)] = name
    return kept.values()


def _person_or_body(name: str, lower_case: frozenset[str]) -> str | None:
    """Drop owners, titles, dates and common nouns before the name; None if one word is left."""
    words = _words(name)
    owners = [at for at, word in enumerate(words) if _POSSESSIVE.search(word)]
    words = _untitled(words[owners[-1] + 1 :] if owners else words)
    while words and (
        words[0] in _CALENDAR or words[0].lower() in lower_case or _ADJECTIVE.search(words[0])
    ):
        words = words[1:]
    return " ".join(words) if len(words) > 1 and " ".join(words) in name else None


def _untitled(words: list[str]) -> list[str]:
    """Drop titles from the front, all before an office in the middle, and honours at the end."""
    offices = [at for at, word in enumerate(words) if word.rstrip(".") in _OFFICES]
    words = words[offices[-1] + 1 :] if offices else words
    while words and words[0].rstrip(".") in _TITLES:
        words = words[1:]
    while len(words) > 2 and words[-1] in _HONOURS:  # noqa: PLR2004  # two words are a name
        words = words[:-1]
    return words
