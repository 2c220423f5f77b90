"""The collection on a local folder: writes bytes it is given, opens no socket."""
