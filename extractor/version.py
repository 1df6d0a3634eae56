"""The version of the tool, recorded in every result."""

__version__ = "0.1.0"
