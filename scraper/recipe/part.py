"""What all parts of a recipe share: strict, frozen, and helpful about a wrong key."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from scraper.recipe import selectors
from scraper.recipe.url_pattern import template_names, url_pattern


class Part(BaseModel):
    """Frozen, strict, no unknown keys."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", populate_by_name=True, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = [info.alias or name for name, info in cls.model_fields.items()]
        for key in data:
            if key in known or key in cls.model_fields:
                continue
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
            raise PydanticCustomError(
                "unknown_key",
                "unknown key {key}; {hint}",
                {"key": repr(key), "hint": hint, "at": (key,)},
            )
        return data


def _check(compiling: Callable[[str], object]) -> AfterValidator:
    def check(text: str) -> str:
        compiling(text)
        return text

    return AfterValidator(check)


Css = Annotated[str, _check(selectors.css)]
XPath = Annotated[str, _check(selectors.xpath)]
Regex = Annotated[str, _check(selectors.regex)]
DateFormat = Annotated[str, _check(selectors.date_format)]
Zone = Annotated[str, _check(selectors.zone)]
Charset = Annotated[str, _check(selectors.charset)]
UrlText = Annotated[str, _check(url_pattern)]
Template = Annotated[str, _check(template_names)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]

Texts = Annotated[tuple[str, ...], Field(strict=False)]
Selectors = Annotated[tuple[Css, ...], Field(strict=False)]
