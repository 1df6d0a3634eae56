"""Make the adapter of the embedded model: build, tune, export, evaluate (see README.md)."""
