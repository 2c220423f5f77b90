"""A page of a site without a recipe: its own metadata, and the body that the generic extractor
finds."""

from __future__ import annotations

from dataclasses import fields, replace

from scraper.extraction.generic import find_body
from scraper.extraction.metadata import Metadata, read_metadata
from scraper.extraction.page import Page, Reading

FIELDS = tuple(field.name for field in fields(Metadata))


def read_by_evidence(page: Page) -> Reading:
    """Nothing is required; what the page does not say is missing."""
    metadata = read_metadata(page)
    reading = Reading(body=find_body(page, metadata))
    if reading.body is not None and reading.body.cut:
        reading.warnings.append("cut.blocks")
    for name in FIELDS:
        found = getattr(metadata, name)
        if found is not None:
            reading.fields[name] = found
    return reading


def fill_in(page: Page, reading: Reading, declared: set[str]) -> None:
    """Fields that a recipe does not speak of, from the page's metadata; their candidates say so."""
    missing = [name for name in FIELDS if name not in declared and name not in reading.fields]
    if not missing:
        return
    metadata = read_metadata(page)
    for name in missing:
        found = getattr(metadata, name)
        if found is not None:
            reading.fields[name] = replace(found, candidate=f"generic:{found.candidate}")
