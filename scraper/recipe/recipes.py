"""All recipes that are known, asked by address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from scraper.errors import PageError, RecipeError
from scraper.recipe.fetching import Action, FetchRule
from scraper.recipe.model import MatchRule, Recipe
from scraper.recipe.reading import read_recipe
from scraper.recipe.url_pattern import fill, url_pattern
from scraper.settings import program_version
from scraper.url import canonical, host, site

FILE = "recipe.yaml"


@dataclass(frozen=True, slots=True)
class LoadedRecipe:
    """`hash`: SHA-256 of the file, first 16 hex digits."""

    recipe: Recipe
    hash: str
    path: Path

    @property
    def id(self) -> str:
        return self.recipe.site.id

    @property
    def is_installed(self) -> bool:
        """It came inside the installed package, where nothing of the user's is kept."""
        return self.path.resolve().is_relative_to(Path(__file__).resolve().parents[1])

    @property
    def cases(self) -> Path:
        """Where its stored cases are; need not exist."""
        return self.path.parent / "cases"


@dataclass(frozen=True, slots=True)
class Match:
    """What a recipe says of an address.  `id` and `canonical` are None when it does not say."""

    recipe: LoadedRecipe
    kind: str
    id: str | None
    canonical: str | None


class Recipes:
    """Searched in order: the user's directories, then the packaged recipes.  Of two recipes with
    one id the first counts."""

    def __init__(self, loaded: Sequence[LoadedRecipe] = ()) -> None:
        by_id: dict[str, LoadedRecipe] = {}
        for recipe in loaded:
            by_id.setdefault(recipe.id, recipe)
        self._by_id = by_id
        # Stable: among equal priorities the order of directories, then of the file.
        self._rules: list[tuple[MatchRule, LoadedRecipe]] = sorted(
            ((rule, loaded) for loaded in by_id.values() for rule in loaded.recipe.match),
            key=lambda pair: -pair[0].priority,
        )

    @classmethod
    def load(cls, directories: Sequence[Path] = (), *, packaged: bool = True) -> Recipes:
        """Each directory holds `<site>/recipe.yaml`, or a recipe itself.  Raises RecipeError."""
        loaded: list[LoadedRecipe] = []
        for directory in directories:
            found = list(_in_directory(directory))
            if not found:
                raise RecipeError(str(directory), 0, f"no <site>/{FILE} is here")
            loaded += found
        if packaged:
            loaded += _in_directory(packaged_directory())
        return cls(loaded)

    def __iter__(self) -> Iterator[LoadedRecipe]:
        return iter(self._by_id.values())

    def get(self, id: str) -> LoadedRecipe | None:
        """By the site's id."""
        return self._by_id.get(id)

    def match(self, url: str) -> Match | None:
        """Whose page this is.  None also for what is no address."""
        found = self._matched(url)
        return found[1] if found else None

    def address(self, url: str) -> str:
        """Where a page is fetched that was asked for at `url`: elsewhere, if its recipe says so."""
        found = self._matched(url)
        if found is None or found[0].fetch == "asked":
            return url
        return found[1].canonical or url

    def _matched(self, url: str) -> tuple[MatchRule, Match] | None:
        try:
            address = canonical(url)
        except PageError:
            return None
        for rule, loaded in self._rules:
            values = url_pattern(rule.url).match(address)
            if values is None:
                continue
            id = rule.id.make(values) if rule.id else None
            form = fill(rule.canonical, values) if rule.canonical else None
            if form is None and id is not None:
                form = _form_of(id, rule, loaded.recipe)
            return rule, Match(loaded, rule.kind, id, canonical(form) if form else None)
        return None

    def sources(self, id: str) -> list[str]:
        """The addresses of a recipe's feeds, sitemaps and first list pages."""
        return [
            address
            for discovery in self._by_id[id].recipe.discover
            for address in discovery.addresses()
        ]

    def listing(self, url: str) -> tuple[LoadedRecipe, int, dict[str, str]] | None:
        """Whose list's first page this is: the recipe, the number of its discovery, the params."""
        try:
            address = canonical(url)
        except PageError:
            return None
        for loaded in self:
            for index, discovery in enumerate(loaded.recipe.discover):
                if (values := discovery.match(address)) is not None:
                    return loaded, index, values
        return None

    def rule(self, url: str) -> FetchRule:
        """How to fetch the page.  Pages of a recipe's site that no pattern knows are fetched with
        its manners, not with its article's `ready` and `scroll`."""
        match = self.match(url)
        if match:
            return match.recipe.recipe.fetch.acting(match.recipe.recipe.actions)
        try:
            of = site(host(url))
        except PageError:
            return FetchRule()
        for loaded in self:
            if site(host(loaded.recipe.site.home)) == of:
                rule = loaded.recipe.fetch.model_copy(update={"ready": None, "scroll": None})
                return self._list_rule(url, rule)
        return self._list_rule(url, FetchRule())

    def _list_rule(self, url: str, rule: FetchRule) -> FetchRule:
        """A list that grows in the browser is read when it has grown."""
        listing = self.listing(url)
        following = listing[0].recipe.discover[listing[1]].next if listing else None
        if following and following.scroll:
            return rule.model_copy(update={"render": "browser", "scroll": following.scroll})
        if following and following.click:
            return rule.acting((Action(click=following.click),) * (following.max_pages - 1))
        return rule

    def expected(self) -> dict[tuple[str, str, str, str], float]:
        """The coverage that each recipe expects, by its id and hash, version and field."""
        return {
            (loaded.id, loaded.hash, version.id, field): share
            for loaded in self
            for version in loaded.recipe.whole_versions
            for field, share in version.expect.coverage.items()
        }

    def made_with(self, url: str) -> str:
        """Names what would make the record of a page: its recipe in its present words, and the
        version of the program."""
        match = self.match(url)
        return made_with(match.recipe.hash if match else None)


def made_with(recipe_hash: str | None) -> str:
    """By a recipe's hash, None for the generic extractor."""
    return f"{program_version()} {recipe_hash or '-'}"


def packaged_directory() -> Path:
    """Inside the package when installed, else beside it in the source tree."""
    inside = resources.files("scraper") / "schemas" / "recipes"
    if isinstance(inside, Path) and inside.is_dir():
        return inside
    return Path(__file__).resolve().parents[2] / "schemas" / "recipes"


def _in_directory(directory: Path) -> Iterator[LoadedRecipe]:
    own = directory / FILE
    files = [own] if own.is_file() else sorted(directory.glob(f"*/{FILE}"))
    ids: dict[str, Path] = {}
    for file in files:
        recipe, digest = read_recipe(file)
        other = ids.setdefault(recipe.site.id, file)
        if other != file:
            raise RecipeError(str(file), 0, f"site {recipe.site.id!r} has a recipe in {other} too")
        yield LoadedRecipe(recipe, digest, file)


def _form_of(id: str, rule: MatchRule, recipe: Recipe) -> str | None:
    """The site's own form for an article known by another address."""
    for other in recipe.match:
        if other.kind != rule.kind or other.canonical is None or other.id is None:
            continue
        values = other.id.undo(id)
        if values is not None and url_pattern(other.url).names <= values.keys():
            return fill(other.canonical, values)
    return None
