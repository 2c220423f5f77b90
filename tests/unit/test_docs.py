"""Examples in the documentation are what the program takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from scraper.extraction.by_recipe import read_field
from scraper.job import load_job
from scraper.recipe import Recipes
from scraper.recipe.fields import FieldRule, Transform
from scraper.rendering import DECISIVE, DOUBTS, REASONS
from tests.unit.extraction.pages import page as page_of
from tests.unit.recipe.samples import recipe

ROOT = Path(__file__).parents[2]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_the_readmes_job_file_is_one(tmp_path: Path) -> None:
    (example,) = blocks("README.md", "yaml")
    file = tmp_path / "job.yaml"
    file.write_text(example)
    job = load_job(file)
    assert (job.name, job.media) == ("daily", False)


def test_the_job_file_that_logs_in_is_one(tmp_path: Path) -> None:
    (example,) = blocks("docs/logins.md", "yaml")
    file = tmp_path / "job.yaml"
    file.write_text(example)
    job = load_job(file)
    assert job.header == ("Authorization: Bearer env:MEMBERS_TOKEN",)
    assert job.storage_state == str(tmp_path / "members.json")


def test_the_guides_recipe_is_one_and_so_are_its_parts(tmp_path: Path) -> None:
    (whole,) = blocks("docs/recipes.md", "yaml recipe")
    parts = blocks("docs/recipes.md", "yaml")
    assert len(parts) == 6
    for number, part in enumerate(["", *parts]):
        (key,) = re.findall(r"^(\w+):", part, re.MULTILINE) or [None]
        kept = re.sub(rf"^{key}:\n((  .*)?\n)+", "", whole + "\n", flags=re.MULTILINE)
        folder = tmp_path / str(number) / "gazette"
        folder.mkdir(parents=True)
        (folder / "recipe.yaml").write_text((kept if key else whole) + part)
        recipes = Recipes.load([folder.parent])
        assert recipes.get("gazette") is not None


def test_the_guides_transforms_make_what_they_say() -> None:
    guide = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
    table = guide.partition("| transform | of | makes |\n| --- | --- | --- |\n")[2]
    rows = table.partition("\n\n")[0].splitlines()
    assert len(rows) == len(Transform.model_fields)
    for row in rows:
        (step,), texts, made = (re.findall("`([^`]+)`", cell) for cell in row[1:-1].split(" | "))
        text = f"{{from: [{{css: p, then: [{step}]}}]}}"
        rule = FieldRule.model_validate(YAML(typ="safe", pure=True).load(text))
        html = "".join(f"<p>{text}</p>" for text in texts)
        found = read_field(page_of(html, "https://gazette.example/1"), rule, "list", recipe())
        assert found is not None
        assert found.value == tuple(made), step


def test_the_page_on_rendering_explains_every_code() -> None:
    text = (ROOT / "docs/rendering.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    assert rows == REASONS | DOUBTS
    decisive, _, _ = text.partition(" always lead to the browser")
    assert set(re.findall(r"`(\w+)`", decisive.rpartition("\n\n")[2])) == DECISIVE


@pytest.mark.parametrize(
    "page", ["README.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), target
