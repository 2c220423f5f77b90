"""Crawl pages in a headless browser into validated records, pictures and an archive."""
