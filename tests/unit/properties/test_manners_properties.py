"""Whatever a server says of pauses and of what robots may do, it is read without an error."""

import asyncio
import math
from datetime import UTC, timedelta
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from scraper.backoff import LONGEST_PAUSE, retry_after
from scraper.errors import RobotsRefused
from scraper.robots import MAX_CRAWL_DELAY
from tests.unit.fake_fetcher import NOW, Answer, FakeFetcher
from tests.unit.test_robots import robots

FILE = "https://news.example/robots.txt"
PAGE = "https://news.example/story"

days = st.sampled_from(["Mon, ", "Tue,", ""])
dates = st.builds(
    "{}{} {} {} {}:{}:{} {}".format,
    days,
    st.integers(-1, 99),
    st.sampled_from(["May", "may", "Foo", "13", "²"]),
    st.integers(-1, 10**12),
    *[st.integers(-1, 99)] * 3,
    st.sampled_from(["GMT", "-0000", "+9999", "+99999999999", "", "EST", "Z"]),
)


@given(st.text() | dates | st.integers().map(str))
def test_any_pause_is_a_number_or_none(value: str) -> None:
    seconds = retry_after((("Retry-After", value),), NOW)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


@given(st.integers(0, 10**9))
def test_seconds_are_seconds(seconds: int) -> None:
    assert retry_after((("retry-after", f" {seconds} "),), NOW) == seconds


@given(st.integers(-LONGEST_PAUSE.__ceil__(), 10**8))
def test_dates_are_counted_from_now(seconds: int) -> None:
    told = format_datetime((NOW + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True)
    found = retry_after((("Retry-After", told),), NOW.replace(microsecond=0))
    assert found == max(seconds, 0)


async def _asked(answer: Answer) -> tuple[bool, float]:
    reader = robots(FakeFetcher({FILE: answer}))
    delay = (await reader.rules(PAGE)).crawl_delay
    try:
        await reader.admit(PAGE)
    except RobotsRefused:
        return False, delay
    return True, delay


lines = st.lists(
    st.builds(
        "{}:{}".format,
        st.sampled_from(
            ["User-agent", "Disallow", "allow", "Crawl-delay", "Sitemap", "\ufeff", "x"]
        ),
        st.sampled_from([" *", " /", " /story$", " /*/*/*a*b*c", " 1e999", " -1", " nan", "", " %"])
        | st.text(max_size=20),
    ),
    max_size=12,
).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200) | lines)
def test_any_robots_file_can_be_read(body: bytes) -> None:
    _, delay = asyncio.run(_asked(body))
    assert 0 <= delay <= MAX_CRAWL_DELAY


@given(st.integers(500, 599))
def test_a_server_that_fails_allows_nothing(status: int) -> None:
    assert asyncio.run(_asked(status))[0] is False


@given(st.binary(max_size=60).filter(lambda body: b"llow" not in body.lower()))
def test_what_forbids_nothing_allows_all(body: bytes) -> None:
    assert asyncio.run(_asked(body))[0] is True
