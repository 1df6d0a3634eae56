"""Turn news articles into events and quotes that can be trusted."""

from importlib import import_module
from typing import TYPE_CHECKING

from extractor.version import __version__

if TYPE_CHECKING:
    from extractor.errors import ExtractError
    from extractor.pipeline import Extractor
    from extractor.records import Article, Span
    from extractor.results import Result

__all__ = ["Article", "ExtractError", "Extractor", "Result", "Span", "__version__"]

_HOMES = {
    "Article": "extractor.records",
    "ExtractError": "extractor.errors",
    "Extractor": "extractor.pipeline",
    "Result": "extractor.results",
    "Span": "extractor.records",
}


def __getattr__(name: str) -> object:
    """Import a public name at its first use: `extract --help` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'extractor' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
