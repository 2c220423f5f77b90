"""The proxy that everything goes through, where a job names one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from scraper import credentials, url
from scraper.errors import ConnectFailed
from scraper.fetch.framing import BrokenFraming, read_head


@dataclass(frozen=True, slots=True)
class Proxy:
    """`headers` are what it wants to see with each request."""

    host: str
    port: int
    headers: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, written: str) -> Proxy:
        """Of a job's option.  Raises UsageError for a password that is missing."""
        where, login = credentials.proxy(written)
        host, port = url.host_and_port(f"http://{where}")
        headers = {"Proxy-Authorization": credentials.basic(login.secret())} if login else {}
        return cls(host, port, headers)

    @property
    def address(self) -> str:
        """Without its password."""
        return f"http://{_bracketed(self.host)}:{self.port}"

    async def tunnel(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
        port: int,
    ) -> None:
        """Make a connection to the proxy one to `host`:`port`.  Raises ConnectFailed."""
        where = f"{_bracketed(host)}:{port}"
        fields = {"Host": where, **self.headers}
        lines = [f"CONNECT {where} HTTP/1.1", *(f"{name}: {fields[name]}" for name in fields)]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        try:
            answer = await read_head(reader)
            if answer is None or answer.start[1] != "200":
                raise ConnectFailed(host, refusal(answer.start[1] if answer else "nothing"))
        except BaseException as error:
            writer.transport.abort()
            if isinstance(error, BrokenFraming):
                raise ConnectFailed(host, "the proxy's answer is no HTTP") from error
            raise


def refusal(status: int | str) -> str:
    """Why a connection through the proxy failed."""
    return f"the proxy answered {status}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
