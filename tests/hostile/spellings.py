"""How a forbidden address can be written, or hidden behind a name."""

from __future__ import annotations

from tests.hostile.internet import REBOUND

SPELLINGS = {
    "plain": "127.0.0.1",
    "another loopback": "127.8.9.10",
    "name": "localhost",
    "capitals": "LOCALHOST",
    "name with a dot": "localhost.",
    "name below": "sub.localhost",
    "dot": "127.0.0.1.",
    "decimal": "2130706433",
    "hex": "0x7f000001",
    "hex and short": "0x7F.1",
    "octal": "0177.0.0.1",
    "long octal": "017700000001",
    "short": "127.1",
    "zero": "0",
    "unspecified": "0.0.0.0",
    "percent": "%31%32%37%2e0.0.1",
    "percent in a name": "lo%63alhost",
    "full width": "１２７.０.０.１",
    "ideographic dots": "127。0。0。1",
    "circled digits": "①②⑦.0.0.1",
    "circled letter": "ⓛocalhost",
    "six": "[::1]",
    "six in full": "[0:0:0:0:0:0:0:1]",
    "six unspecified": "[::]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped hex": "[::ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "local nat64": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "teredo": "[2001:0:5db8:d822:0:0:80ff:fffe]",
    "ten": "10.1.2.3",
    "seventeen two": "172.16.0.1",
    "nineteen two": "192.168.0.1",
    "shared": "100.64.0.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata decimal": "2852039166",
    "metadata six": "[fd00:ec2::254]",
    "documentation": "192.0.2.1",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "link-local six": "[fe80::1]",
    "site-local six": "[fec0::1]",
    "unique local": "[fd00::1]",
    "multicast six": "[ff02::1]",
    "user": "good.test@127.0.0.1",
    "user and password": "good.test:80@127.0.0.1",
    "backslash": "127.0.0.1:{port}\\@good.test",
    "private name": "private.test",
    "loopback name": "loopback.test",
    "six name": "loopback6.test",
    "mapped name": "mapped.test",
    "unique local name": "local.test",
    "metadata name": "metadata.test",
    "rebinding name": "{route}." + REBOUND,
}
"""By a name for people; teredo's carries 127.0.0.1 as its client."""


def target(spelling: str, route: str, port: int, scheme: str = "http") -> str:
    """The address that a route tries, with its pair as path."""
    host = SPELLINGS[spelling].format(port=port, route=route)
    colon = "" if "\\" in host else f":{port}"
    return f"{scheme}://{host}{colon}/{route}/{spelling.replace(' ', '-')}"


SCHEMES = {
    "file": "file://{planted}",
    "file of a host": "file://localhost{planted}",
    "chrome": "chrome://version",
    "chrome crash": "chrome://crash",
    "extension": "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html",
    "javascript": "javascript:document.body.textContent=1",
    "data": "data:text/html,<h1>x",
    "view-source": "view-source:file://{planted}",
    "ftp": "ftp://private.test/x",
    "about": "about:version",
    "blob": "blob:http://hostile.test/0",
    "filesystem": "filesystem:file://{planted}",
    "websocket": "ws://private.test/x",
    "mail": "mailto:a@private.test",
}
"""Addresses of other schemes; `planted` is a file that nobody may read."""
