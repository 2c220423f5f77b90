"""Snapshot in, record out: pure and synchronous, no network, no clock, no disk."""

from scraper.extraction.public import examine, extract, extract_snapshot

__all__ = ["examine", "extract", "extract_snapshot"]
