"""One self-contained HTML page of a scored run, to be read in a browser without any network."""

from extractor.evaluation.page.document import render_page, write_page

__all__ = ["render_page", "write_page"]
