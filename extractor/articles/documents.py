"""Files that hold one article: plain text, Markdown and HTML."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from extractor.articles.dateline import dateline, without_prefix
from extractor.articles.metadata import label, value
from extractor.articles.options import Found, NotAnArticleError, ReadOptions

if TYPE_CHECKING:
    from trafilatura.settings import Document

_LONGEST_TITLE = 150
_ENDS_SENTENCE = tuple(".!?…:;,。！？؟।”\"'’)")
_FRONT_MATTER = re.compile(
    r"\ufeff?---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)


def from_text(content: str) -> Found:
    """Read plain text; a short first line before a blank one, without a full stop, is the title."""
    first, rest = _first_line(content)
    following = rest.partition("\n")[0]
    if following.strip() or not rest.strip() or not _is_title(first):
        return Found(text=content)
    return Found(text=rest, title=first)


def _first_line(content: str) -> tuple[str, str]:
    """Split off the first line that is not blank, trimmed."""
    first, _, rest = content.lstrip().partition("\n")
    return first.rstrip(), rest


def _is_title(line: str) -> bool:
    dated = dateline(line + " - ") or without_prefix(line + " ")[1]
    return len(line) <= _LONGEST_TITLE and not line.endswith(_ENDS_SENTENCE) and not dated


def from_markdown(content: str, options: ReadOptions) -> Found:
    """Read Markdown: YAML front matter, a heading at the start as title, the rest as it is."""
    front = _FRONT_MATTER.match(content)
    fields = _yaml_mapping(front["yaml"]) if front else {}
    body = content[front.end() :] if front else content
    first, rest = _first_line(body)
    heading = first.removeprefix("# ").strip("# \t") if first.startswith("# ") else None
    return Found(
        text=rest if heading else body,
        title=label(fields, "title", options) or heading,
        date=value(fields, "date", options),
        id=label(fields, "id", options),
    )


def _yaml_mapping(text: str) -> dict[str, object]:
    import yaml

    try:
        fields = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        problem = str(getattr(error, "problem", None) or error)
        raise NotAnArticleError(f"its front matter is no YAML ({problem}); correct it.") from None
    return {str(name): field for name, field in fields.items()} if isinstance(fields, dict) else {}


def from_html(content: str) -> Found:
    """Read the main text of a page, its paragraphs with a blank line between; title and date."""
    page = _main_content(content)
    lines = ((page.text if page else None) or "").splitlines()
    paragraphs = [line.strip() for line in lines if line.strip()]
    if page is None or not paragraphs:
        raise NotAnArticleError("no article text found in this page; save the text itself.")
    if page.title and paragraphs[0] == page.title:
        del paragraphs[0]
    return Found(text="\n\n".join(paragraphs), title=page.title, date=page.date)


def _main_content(content: str) -> Document | None:
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).addHandler(logging.NullHandler())  # else they write to stderr
    page = bare_extraction(
        content.replace("\0", ""),
        include_comments=False,
        include_tables=False,
        with_metadata=True,
    )
    return None if isinstance(page, dict) else page
