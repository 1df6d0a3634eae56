"""Measures extraction against labelled articles."""
