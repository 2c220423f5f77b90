"""Seeds from options, files and standard input; where a collection goes by default."""

import io
from pathlib import Path

import pytest

from scraper.errors import UsageError
from scraper.job import Job, make_job
from scraper.recipe import Recipes
from scraper.start import check_ways, default_collection, job_seeds

KNOWN = Recipes.load()


def test_options_come_first_then_the_file(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text('# news\nhttps://b.example/\n\n{"url": "https://c.example/", "tag": 1}\n')
    seeds = job_seeds(Job(urls=("https://a.example/x",), from_file=str(file)), KNOWN)
    assert [seed.host for seed in seeds] == ["a.example", "b.example", "c.example"]
    assert seeds[2].meta == {"tag": 1}


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("https://a.example/\n"))
    assert [seed.url for seed in job_seeds(Job(from_file="-"), KNOWN)] == ["https://a.example/"]


def test_what_is_no_page_address_is_left_to_fail_on_its_own() -> None:
    seeds = job_seeds(Job(urls=("file:///etc/passwd", "javascript:alert(1)")), KNOWN)
    assert [seed.url for seed in seeds] == ["file:///etc/passwd", "javascript:alert(1)"]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("news.example/a", "https://news.example/a"),
        ("demo", "does not say where its articles are found"),
    ],
)
def test_words_that_are_no_addresses(text: str, advice: str) -> None:
    with pytest.raises(UsageError, match=advice):
        job_seeds(Job(urls=(text,)), KNOWN)


def test_a_recipe_stands_for_its_sources() -> None:
    seeds = [seed.url for seed in job_seeds(Job(urls=("ithome", "https://a.example/")), KNOWN)]
    assert seeds[:2] == ["https://www.ithome.com/rss/", "https://it.ithome.com/"]
    assert len(set(seeds)) == 11
    job = Job(urls=("ithome",))
    assert default_collection(job, job_seeds(job, KNOWN)) == Path("output/ithome")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="No such file"):
        job_seeds(Job(from_file="/nowhere/urls.txt"), KNOWN)


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        (None, "https://www.news.example:8443/a", "output/www.news.example_8443"),
        ("daily", "https://a.example/", "output/daily"),
        ("../../etc", "https://a.example/", "output/_.._etc"),
        ("日报", "https://a.example/", "output/日报"),
        (None, "not an address", "output/crawl"),
    ],
)
def test_the_default_collection_is_below_output(name: str | None, url: str, expected: str) -> None:
    seeds = job_seeds(Job(urls=("https://" + url if "//" not in url else url,)), KNOWN)
    assert default_collection(Job(name=name), seeds) == Path(expected)


def test_no_name_and_no_seed() -> None:
    with pytest.raises(UsageError, match="-o DIR"):
        default_collection(Job(), [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"header": "X-Key: env:NO_SUCH"}, "the environment variable NO_SUCH is not set"),
        ({"header": "X-Key: ***"}, "--header X-Key: its value is never kept, so give the option"),
        ({"cookie": "id=***"}, "--cookie id: its value is never kept, so give the option again"),
        ({"auth": "***@https://a.example"}, "--auth https://a.example: its value is never kept"),
        ({"auth": "me:planted@https://b.example"}, "no address to crawl is of that origin"),
        ({"auth": "me:planted@http://a.example"}, "no address to crawl is of that origin"),
        ({"auth": "me:planted@https://a.example:81"}, "no address to crawl is of that origin"),
        ({"storage_state": "nowhere/state.json"}, "cannot read the storage state nowhere"),
        ({"proxy": "http://***@x.example:3128"}, "--proxy x.example:3128: its value is never kept"),
        ({"proxy": "http://x:1", "connect_to": "*:80:x:1"}, "exclude each other"),
    ],
)
def test_what_a_job_needs_to_be_let_in(options: dict[str, str], said: str) -> None:
    seeds = job_seeds(Job(urls=("https://a.example/x", "https://")), KNOWN)
    with pytest.raises(UsageError) as refused:
        check_ways(make_job(options), seeds)
    assert said in str(refused.value)
    assert "planted" not in str(refused.value)


def test_a_password_for_an_origin_of_the_seeds_is_taken() -> None:
    job = Job(urls=("https://a.example/x",), auth=("me:planted@https://A.example:443/",))
    check_ways(job, job_seeds(job, KNOWN))
    check_ways(job, ())  # a run that goes on: its seeds are its own affair


def test_a_password_before_a_bare_name_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="is neither an address nor a recipe") as refused:
        job_seeds(Job(urls=("me:planted@a.example/x",)), KNOWN)
    assert "planted" not in str(refused.value)
