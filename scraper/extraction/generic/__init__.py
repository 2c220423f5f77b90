"""The body of a page nobody wrote a recipe for."""

from scraper.extraction.generic.body import find_body

__all__ = ["find_body"]
