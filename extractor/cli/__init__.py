"""The command line: a command parses, calls one function and prints."""

from extractor.cli.app import main

__all__ = ["main"]
