"""Snapshot in, record out: pure and synchronous, no network, no clock, no disk."""

from scraper.extraction.public import extract, extract_snapshot

__all__ = ["extract", "extract_snapshot"]
