"""The command line: thin files, one a verb group.  `main` is the console script."""

from scraper.cli.app import main

__all__ = ["main"]
