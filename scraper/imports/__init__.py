"""Archives of other programs read as records, one file a form."""
