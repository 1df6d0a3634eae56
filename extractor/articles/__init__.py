"""Articles read from files, folders, globs and standard input."""

from extractor.articles.options import ReadOptions, Unreadable
from extractor.articles.reading import read_articles

__all__ = ["ReadOptions", "Unreadable", "read_articles"]
