"""The page put together and written: everything in one file, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from extractor.evaluation.alignment import Record
from extractor.evaluation.lines import replace
from extractor.evaluation.page import history
from extractor.evaluation.page.content import article_parts, task_parts
from extractor.evaluation.scores import Scored
from extractor.prompt_lock import Lock

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent


def write_page(scored: Scored, lock: Lock, path: Path) -> None:
    """Write the page of a scored run. Raises: OutputError, WorkspaceError."""
    records = scored.run.records().get(1, {})
    page = render_page(scored, lock, records)
    replace(path, page.encode("utf-8", "xmlcharrefreplace"))  # a lone surrogate is no UTF-8


def render_page(scored: Scored, lock: Lock, records: Mapping[str, Record]) -> str:
    """Return the page of a scored run as HTML; the same run gives the same page.

    `records` are those of the first repeat by article id: the repeat that is shown article by
    article. The lock gives the baselines. All that comes from articles and models is escaped, and
    the page's policy lets nothing run but its own script.
    """
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            scored=scored,
            told=scored.run.manifest,
            tasks=task_parts(scored, lock),
            articles=article_parts(scored, records),
            drawing=history,
            style=_asset("page.css"),
            script=_asset("page.js"),
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # late: start-up time

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {f.__name__: f for f in (breakable, exact, figure, sha256)}
    return environment


def breakable(name: str) -> Markup:
    """Escape a name and let a line end after its points and underscores."""
    return Markup(re.sub(r"([._])", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped before


def exact(text: str) -> Markup:
    """Escape a text so that a browser reads all of it back, carriage returns too."""
    return Markup(str(escape(text)).replace("\r", "&#13;"))  # noqa: S704 - escaped before


def figure(value: float | None, digits: int = 3) -> str:
    """Round a score, or say that there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def sha256(content: str) -> str:
    """Hash an inline style or script as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _asset(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text("utf-8"))  # noqa: S704 - a file of the package
