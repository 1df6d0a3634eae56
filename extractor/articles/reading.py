"""From the paths a user names to articles."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from extractor.articles import dateline, documents, tables
from extractor.articles.encodings import UndecodableError, decode
from extractor.articles.files import STDIN, Opened, Source, sources
from extractor.articles.metadata import day
from extractor.articles.options import Found, NotAnArticleError, ReadOptions, Unreadable
from extractor.errors import InputError
from extractor.records import Article

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TABLES = {"jsonl": tables.from_lines, "csv": tables.from_table}
_UNKNOWN_DATE = (
    "The publication date is unknown ({reason}), so relative times such as “Thursday” stay "
    "unresolved; give the date with --published."
)


def read_articles(paths: Sequence[str], options: ReadOptions) -> Iterator[Article | Unreadable]:
    r"""Read the articles of files, folders, globs and `-`, lazily and in the order given.

    Of JSON lines and tables only one row is held at a time. Line ends become `\n`, NULs vanish,
    lone surrogates become U+FFFD and outer white space is cut off: offsets refer to the text as it
    is in the article. Ids are unique within one call.
    """
    taken: set[str] = set()
    for path in paths:
        for found in _read_path(path, options):
            yield found if isinstance(found, Unreadable) else _unique(found, taken)


def _read_path(path: str, options: ReadOptions) -> Iterator[Article | Unreadable]:
    try:
        for source in sources(path):
            if options.skip and source.path.resolve() == options.skip.resolve():
                continue
            yield from _read_source(source, options)
    except InputError as error:
        yield Unreadable(path, error)


def _read_source(source: Source, options: ReadOptions) -> Iterator[Article | Unreadable]:
    try:
        with source.opened() as opened, closing(_rows(opened, source, options)) as rows:
            for row in rows:
                yield row if isinstance(row, Unreadable) else _furnish(row, source, options)
    except InputError as error:
        yield Unreadable(source.name, error)
    except (NotAnArticleError, UndecodableError) as error:
        yield Unreadable(source.name, source.fault(str(error)))


def _rows(
    opened: Opened, source: Source, options: ReadOptions
) -> Generator[Found | Unreadable, None, None]:
    if not opened.sample.strip():
        raise NotAnArticleError("it is empty.")
    kind = source.kind or _kind_of(opened.sample)
    if kind in _TABLES:
        yield from _TABLES[kind](opened, source, options)
        return
    content = opened.stream.read(options.max_bytes + 1)
    if len(content) > options.max_bytes:
        raise NotAnArticleError(
            f"it is larger than {options.max_megabytes}; split it, or give a table such as .jsonl."
        )
    text = _uniform(decode(content))
    if kind == "json":
        yield from tables.from_json(text, source, options)
    elif kind == "html":
        yield documents.from_html(text)
    elif kind == "markdown":
        yield documents.from_markdown(text, options)
    else:
        yield documents.from_text(text)


def _kind_of(sample: bytes) -> str:
    """Tell the kind of content of standard input."""
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return "html"
    if start.startswith(b"---\n"):
        return "markdown"
    if not start.startswith((b"{", b"[")):
        return "text"
    return "jsonl" if start.startswith(b"{") and _is_json(start.split(b"\n", 1)[0]) else "json"


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _uniform(text: str) -> str:
    r"""Make line ends `\n`, drop NULs and byte order marks, replace lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    return _LONE_SURROGATE.sub("\ufffd", text)


def _furnish(found: Found, source: Source, options: ReadOptions) -> Article | Unreadable:
    """Make an article of what a file says."""
    place = source.name if found.line is None else f"{source.name}:{found.line}"
    text, prefixed = dateline.without_prefix(_uniform(found.text).strip())
    if not text:
        return Unreadable(place, source.fault("it holds no article text.", found.line))
    published, reason = _published(found, text, prefixed, source)
    published = options.published or published
    own = source.stem if found.line is None else f"{source.stem}:{found.line}"
    title = _uniform(found.title or "").strip()
    return Article(
        id=_uniform(found.id or "").strip() or own,
        text=text,
        title=" ".join(title.split()) or None,
        published=published,
        source=place,
        warnings=() if published else (_UNKNOWN_DATE.format(reason=reason),),
    )


def _published(
    found: Found, text: str, prefixed: dt.date | None, source: Source
) -> tuple[dt.date | None, str]:
    """Find the day of publication, or the reason why there is none."""
    stated = day(found.date)
    if stated is not None:
        return stated, ""
    guessed = prefixed or dateline.day_of(text, "" if source.name == STDIN else source.stem)
    if found.date is not None:
        return guessed, f"{str(found.date)[:40]!r} cannot be read as one day"
    if dateline.dateline(text):
        return guessed, "the dateline has no year"
    return guessed, "none was found"


def _unique(article: Article, taken: set[str]) -> Article:
    """Tell articles of one name apart by their folder, else by a number."""
    names = [article.id]
    if article.source is not None and "/" in article.source and "/" not in article.id:
        names.append(f"{article.source.split('/')[-2]}/{article.id}")
    numbered = (f"{article.id}-{number}" for number in range(2, len(taken) + 3))
    free = next(name for name in (*names, *numbered) if name not in taken)
    taken.add(free)
    return article if free == article.id else article.model_copy(update={"id": free})
