"""Where a field's value is, and what makes a value of the text found there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from scraper.recipe.part import Css, DateFormat, Name, Part, Regex, XPath

_BARE = ("lower", "absolute_url")


class Transform(Part):
    """One step; exactly one key is given.  `lower` and `absolute_url` may be written bare."""

    strip_prefix: str | None = None
    strip_suffix: str | None = None
    regex: Regex | None = Field(
        default=None, description="RE2; the first group, else the whole match, else nothing"
    )
    split: str | None = Field(default=None, min_length=1)
    drop_first: int | None = Field(default=None, ge=0, description="of the list of values")
    join: str | None = Field(default=None, description="all values to one, with this between")
    lower: Literal[True] | None = None
    absolute_url: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_key(self) -> Transform:
        if len(self.model_fields_set) != 1:
            raise ValueError(
                f"a transform has one of the keys {', '.join(type(self).model_fields)}"
            )
        return self

    @property
    def step(self) -> tuple[str, Any]:
        """Its name and argument."""
        name = next(iter(self.model_fields_set))
        return name, getattr(self, name)


def _spell_out(data: Any) -> Any:
    return {data: True} if isinstance(data, str) and data in _BARE else data


_Step = Annotated[
    Transform,
    BeforeValidator(
        _spell_out, json_schema_input_type=Transform | Literal["lower", "absolute_url"]
    ),
]
Transforms = Annotated[tuple[_Step, ...], Field(strict=False)]


class Parse(Part):
    """Text to a value of another kind."""

    datetime: Annotated[tuple[DateFormat, ...], Field(strict=False, min_length=1)] = Field(
        description="strptime patterns or iso, tried in this order"
    )


class NodeCandidate(Part):
    """A place in the tree."""

    css: Css | None = None
    xpath: XPath | None = None

    @model_validator(mode="after")
    def _one_place(self) -> NodeCandidate:
        if (self.css is None) == (self.xpath is None):
            raise ValueError("a place is either css or xpath")
        return self

    @property
    def name(self) -> str:
        """As provenance writes it."""
        return f"css:{self.css}" if self.css else f"xpath:{self.xpath}"


class Candidate(Part):
    """One place where the value may be."""

    css: Css | None = Field(default=None, description="the nodes' text, or `attr`")
    xpath: XPath | None = Field(default=None, description="the nodes' text, or `attr`; or strings")
    meta: str | None = Field(
        default=None, description="name, property or itemprop of a meta element"
    )
    jsonld: str | None = Field(default=None, description="dotted path such as author.name")
    regex: Regex | None = Field(
        default=None, description="RE2 over the page's source; the first group, else the match"
    )
    attr: str | None = None
    then: Transforms = ()
    parse: Parse | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Candidate:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise ValueError(f"a candidate has exactly one of {', '.join(_KINDS)}")
        if self.attr is not None and self.css is None and self.xpath is None:
            raise ValueError("attr belongs to css or xpath")
        return self

    @property
    def name(self) -> str:
        """As provenance writes it."""
        kind = next(kind for kind in _KINDS if getattr(self, kind) is not None)
        at = f"@{self.attr}" if self.attr else ""
        return f"{kind}:{getattr(self, kind)}{at}"


_KINDS = ("css", "xpath", "meta", "jsonld", "regex")

Candidates = Annotated[tuple[Candidate, ...], Field(strict=False, min_length=1)]


class FieldExpectation(Part):
    """What a good value looks like; anything else is a warning in the record."""

    min_length: int | None = Field(default=None, ge=1, description="characters, or items of a list")
    pattern: Regex | None = Field(default=None, description="RE2, found somewhere in the value")


class FieldRule(Part):
    """The first candidate that is non-empty after its transforms and parsing wins."""

    required: bool = False
    from_: Candidates = Field(alias="from")
    then: Transforms = Field(default=(), description="after the candidate's own")
    parse: Parse | None = None
    expect: FieldExpectation = FieldExpectation()


def _not_parsed(rule: FieldRule) -> FieldRule:
    if rule.parse or any(candidate.parse for candidate in rule.from_):
        raise ValueError("only dates are parsed")
    return rule


TextRule = Annotated[FieldRule, AfterValidator(_not_parsed)]


class Fields(Part):
    """The record's fields, under its names."""

    title: TextRule | None = None
    published: FieldRule | None = None
    modified: FieldRule | None = None
    authors: TextRule | None = None
    editors: TextRule | None = None
    source: TextRule | None = None
    language: TextRule | None = None
    categories: TextRule | None = None
    tags: TextRule | None = None
    description: TextRule | None = None
    lead_image: TextRule | None = None

    def declared(self) -> dict[str, FieldRule]:
        """Those the recipe speaks of."""
        names = type(self).model_fields
        return {name: rule for name in names if (rule := getattr(self, name)) is not None}


class ExtraRule(FieldRule):
    """A field of the site's own; it lands in the record's `extra`."""

    type: Literal["text", "list", "integer", "number", "boolean", "datetime", "url"] = "text"
    description: str = ""


Extra = dict[Name, ExtraRule]
