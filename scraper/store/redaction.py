"""What of an exchange is not written down: the values of headers that hold secrets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scraper.credentials import WITHHELD
from scraper.snapshot import Headers

ALWAYS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
"""Names in lower case."""


@dataclass(frozen=True)
class Redaction:
    """`more` are names of further headers, such as those of --header.  `parameters` are those of
    addresses: their values were withheld before anything came here."""

    more: Iterable[str] = ()
    parameters: tuple[str, ...] = ()
    names: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", ALWAYS | {name.lower() for name in self.more})

    def of(self, headers: Headers) -> Headers:
        """The headers, with `***` in the place of secret values."""
        return tuple(
            (name, WITHHELD if name.lower() in self.names else value) for name, value in headers
        )

    @property
    def rule(self) -> str:
        """For the file's own description."""
        headers = f"values of the headers {', '.join(sorted(self.names))}"
        if not self.parameters:
            return f"{headers} are replaced by {WITHHELD}"
        parameters = ", ".join(self.parameters)
        return (
            f"{headers} and of the parameters {parameters} in addresses are replaced by {WITHHELD}"
        )


USUAL = Redaction()
