"""Forms of a collection for other programs, one file a form: each has a function `export`
(`scraper.view.exporter.Exporter`), and its file's name is what `scraper export --to` takes."""
