"""The reader's own pages.  Made on the server from templates that escape everything."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import resources
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote, urlencode

import jinja2
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scraper.changes import changes
from scraper.errors import ScraperError
from scraper.excerpt import excerpt
from scraper.health import watch
from scraper.opening import last_recipes, open_collection
from scraper.recipe import Recipes
from scraper.record import Article
from scraper.report.page import report_html
from scraper.serve.guard import COMMON, Guard, is_for_a_person, policy
from scraper.serve.library import Library
from scraper.serve.shown import FILTERS
from scraper.store.finding import Found, Order, Wanted
from scraper.store.index import Index
from scraper.store.words import shown_terms

_ON_A_PAGE: Final = 24
_FAILURES: Final = 100
_EXCERPT: Final = 240
"""Characters of a text that was found."""
_STATIC: Final = {
    "look.css": ("scraper.report", "look.css", "text/css"),
    "reader.css": (__package__, "static/reader.css", "text/css"),
    "reader.js": (__package__, "static/reader.js", "text/javascript"),
    "icon.svg": (__package__, "static/icon.svg", "image/svg+xml"),
}
_OF_REPORTS: Final = policy(
    style_src="'unsafe-inline'",
    img_src="data:",
    frame_ancestors="'none'",
    sandbox="allow-popups allow-popups-to-escape-sandbox",
)
_ORDERS: Final[tuple[Order, ...]] = ("best", "newest", "oldest")


def pages_app(library: Library, gate: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> ASGIApp:
    """Every page for a person, behind the gate; nothing for other pages."""
    pages = _Pages(library)
    routes = [
        Route("/", pages.articles, name="articles"),
        Route("/article/{id:path}", pages.article, name="article"),
        Route("/changes/{id:path}", pages.changes, name="changes"),
        Route("/json/{id:path}", pages.json, name="json"),
        Route("/runs", pages.runs, name="runs"),
        Route("/runs/{id}", pages.run, name="run"),
        Route("/recipes", pages.recipes, name="recipes"),
        Route("/failures", pages.failures, name="failures"),
        Route("/static/{name}", pages.static, name="static"),
    ]
    headers = COMMON | {
        "Content-Security-Policy": policy(
            style_src="'self'",
            script_src="'self'",
            img_src=f"'self' {library.kept_origin}",
            frame_src=library.kept_origin,
            form_action="'self'",
            frame_ancestors="'none'",
        )
    }
    handlers: dict[Any, Any] = {
        404: pages.missing,
        ScraperError: pages.failed,
        Exception: pages.broken,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    return Guard(gate(app), library.hosts, headers, is_for_a_person)


class _Pages:
    def __init__(self, library: Library) -> None:
        self._library = library
        self._files = {
            name: (resources.files(package) / path).read_bytes()
            for name, (package, path, _) in _STATIC.items()
        }
        environment = jinja2.Environment(
            loader=jinja2.PackageLoader(__package__),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= FILTERS
        environment.globals |= {"link": _link, "library": library, "static": self._static_link}
        self._template = environment.get_template

    # -- the pages

    def articles(self, request: Request) -> Response:
        """The list, searched and filtered."""
        given = request.query_params
        wanted = _wanted(given.get)
        number = max(1, _number(given.get("page")) or 1)
        with Index.open(self._library.path) as index:
            found = index.find(wanted, limit=_ON_A_PAGE, offset=(number - 1) * _ON_A_PAGE)
            choices = self._library.choices(index)
            indexed = index.count()
        with open_collection(self._library.path) as opened:
            snippets = self._snippets(opened.article, found, wanted)
            total = opened.count()
        return self._page(
            "articles.html",
            wanted=wanted,
            found=found,
            choices=choices,
            snippets=snippets,
            number=number,
            last=max(1, math.ceil(found.total / _ON_A_PAGE)),
            here=partial(_link_here, dict(given)),
            indexed=indexed,
            revisions=total,
            orders=_ORDERS,
        )

    def article(self, request: Request) -> Response:
        """One revision beside its kept page."""
        found = self._library.article(
            request.path_params["id"], _number(request.query_params.get("revision"))
        )
        if found is None:
            return self.missing(request)
        article, revisions = found
        key = self._library.page_key(article)
        return self._page(
            "article.html",
            article=article,
            revisions=revisions,
            kept=self._library.kept(key),
            kept_address=self._library.page_address(key),
        )

    def changes(self, request: Request) -> Response:
        """From one revision to another: without being told, what the latest one changed."""
        id, given = request.path_params["id"], request.query_params
        after = self._library.article(id, _number(given.get("to")))
        if after is None:
            return self.missing(request)
        article, revisions = after
        earlier = _number(given.get("from")) or max(1, article.revision - 1)
        before = self._library.article(id, earlier)
        if before is None:
            return self.missing(request)
        changed = changes(before[0], article)
        passages = [
            (same, list(group))
            for same, group in groupby(
                changed.body, key=lambda passage: all(piece.kind == "same" for piece in passage)
            )
        ]
        return self._page(
            "changes.html",
            before=before[0],
            article=article,
            revisions=revisions,
            changed=changed,
            passages=passages,
        )

    def json(self, request: Request) -> Response:
        """The record as it is stored."""
        found = self._library.article(
            request.path_params["id"], _number(request.query_params.get("revision"))
        )
        if found is None:
            return self.missing(request)
        value = found[0].model_dump(mode="json")
        body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        return Response(body, media_type="application/json")

    def runs(self, _request: Request) -> Response:
        """All of them, the latest first."""
        with open_collection(self._library.path) as opened:
            return self._page("runs.html", runs=opened.runs())

    def run(self, request: Request) -> Response:
        """The page that the run left behind, as it is now."""
        with open_collection(self._library.path) as opened:
            past = opened.run(request.path_params["id"])
            if past is None:
                return self.missing(request)
            text = report_html(opened, past)
        headers = {"Content-Security-Policy": _OF_REPORTS}
        body = text.encode("utf-8", "replace")
        return Response(body, media_type="text/html", headers=headers)

    def recipes(self, _request: Request) -> Response:
        """How well each still fits its site."""
        with open_collection(self._library.path) as opened:
            expected = Recipes.load(last_recipes(opened)).expected()
            watched = watch(opened.sightings(), expected)
        alarms = [alarm for one in watched for alarm in one.alarms]
        return self._page("recipes.html", watched=watched, alarms=alarms)

    def failures(self, request: Request) -> Response:
        """Of every URL whose latest outcome is one, or those of a run."""
        run, code = request.query_params.get("run"), request.query_params.get("code")
        with open_collection(self._library.path) as opened:
            codes = opened.failure_codes(run)
            shown = opened.last_failures(run, code, _FAILURES)
        return self._page(
            "failures.html",
            failures=shown,
            total=codes.get(code, 0) if code else sum(codes.values()),
            codes=list(codes.items()),
            code=code,
            run=run,
        )

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._files:
            return self.missing(request)
        caching = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(self._files[name], media_type=_STATIC[name][2], headers=caching)

    def missing(self, _request: Request, _error: Exception | None = None) -> Response:
        page = self._page("missing.html", problem=None)
        page.status_code = 404
        return page

    def failed(self, _request: Request, error: Exception) -> Response:
        """The disk, most often."""
        page = self._page("missing.html", problem=str(error))
        page.status_code = 503
        return page

    def broken(self, _request: Request, error: Exception) -> Response:
        """A fault of ours."""
        problem = f"This is a fault of the program: {type(error).__name__}: {error}"
        page = self._page("missing.html", problem=problem)
        page.status_code = 500
        return page

    # -- inside

    def _page(self, name: str, **values: Any) -> Response:
        text = self._template(name).render(values)
        return Response(text.encode("utf-8", "replace"), media_type="text/html")

    def _snippets(
        self, article_of: Callable[[str], Article | None], found: Found, wanted: Wanted
    ) -> dict[str, Any]:
        terms = shown_terms(wanted.words)
        if not terms:
            return {}
        articles = filter(None, (article_of(card.id) for card in found.cards))
        return {one.id: excerpt(one.text, terms, _EXCERPT) for one in articles}

    def _static_link(self, name: str) -> str:
        return f"/static/{name}?{hashlib.sha256(self._files[name]).hexdigest()[:12]}"


def _wanted(given: Callable[[str], str | None]) -> Wanted:
    """What is not understood counts as not asked for."""
    order = given("order")
    return Wanted(
        words=given("q") or "",
        site=given("site") or None,
        language=given("language") or None,
        recipe=given("recipe") or None,
        since=_day(given("since")),
        until=_day(given("until")),
        changed=bool(given("changed")),
        failing=bool(given("failing")),
        order=next((one for one in _ORDERS if one == order), "best"),
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _link(page: str, id: str | None = None, **values: Any) -> str:
    """The address of a page of ours."""
    path = f"/{page}" if id is None else f"/{page}/{quote(id, safe=':')}"
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{path}?{query}" if query else path


def _link_here(given: dict[str, str], **changed: Any) -> str:
    """The list with something else asked for; an empty value takes it away.  Another choice begins
    at the first page."""
    values = {name: value for name, value in given.items() if name != "page"} | changed
    query = urlencode({name: value for name, value in values.items() if value not in ("", None)})
    return f"/?{query}"
