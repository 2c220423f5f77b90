"""For every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes depends on who else uses the machine.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
