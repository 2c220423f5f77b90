"""A login goes to exactly the origin it is for."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scraper import credentials, url
from scraper.errors import PageError
from scraper.fetch.logins import Logins
from scraper.job import Job, make_job

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ORIGINS = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["a.test", "A.test", "b.a.test", "a.test.", "aa.test", "1.2.3.4", "[::1]"]),
    st.sampled_from(["", ":80", ":443", ":8080"]),
)
PATHS = st.sampled_from(["/", "/a", "/a?b=c", "/robots.txt", "/#x"])
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)


def shown(logins: Logins, address: str) -> dict[str, str]:
    login = logins.at(address)
    return login.headers(address, NOW) if login else {}


@given(st.lists(ORIGINS, min_size=1, max_size=4), ORIGINS, ORIGINS, PATHS)
def test_only_its_own_origin_sees_it(seeds: list[str], private: str, asked: str, path: str) -> None:
    job = Job(auth=(f"me:planted@{private}",), header=("X-Key: planted",), cookie=("id=planted",))
    logins = Logins.of(job, seeds)
    own = {url.origin(seed) for seed in seeds}
    found = shown(logins, asked + path)
    there = url.origin(asked)
    assert ({"X-Key", "Cookie"} <= found.keys()) == (there in own)
    assert ("Authorization" in found) == (there in own and there == url.origin(private))
    assert bool(shown(logins.within(private), asked)) == (
        there in own and there == url.origin(private)
    )


@given(ORIGINS, st.text(max_size=30))
def test_no_address_gets_what_is_anothers(seed: str, address: str) -> None:
    logins = Logins.of(Job(cookie=("id=planted",)), [seed])
    for text in (address, f"{seed}@{address}", f"{seed}.{address}", f"{seed}/../{address}"):
        try:
            origin = url.origin(text)
        except (PageError, UnicodeError):
            continue
        assert bool(shown(logins, text)) == (origin == url.origin(seed))


@given(VALUES, VALUES, VALUES)
def test_what_is_kept_has_no_value(one: str, two: str, three: str) -> None:
    planted = [f"planted{text.strip()}tail" for text in (one, two, three)]
    options = {
        "header": [f"X-Key: {planted[0]}"],
        "auth": [f"{planted[1]}:{planted[2]}@https://a.test"],
    }
    job = make_job(options)
    assert credentials.header(job.header[0]).secret() == planted[0]
    assert credentials.auth(job.auth[0]).secret().endswith(planted[2])
    written = job.model_dump_json() + repr(job)
    assert not any(value in written for value in planted)
