"""Run the command line by `python -m extractor.cli`."""

from extractor.cli import main

main()
