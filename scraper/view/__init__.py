"""Folders made from a collection, kept up to date, that may be deleted and made again: what every
form of export stands on."""
