"""The page that a run leaves behind, and the look that all pages for people share."""
