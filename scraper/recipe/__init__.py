"""Recipes: a site's inert YAML, validated; which addresses it is about and where the fields are.

Reading a page by a recipe is the extractor's work; fetching by it is the fetcher's.
"""

from scraper.recipe.fetching import Action, FetchRule, MediaRule, Rate, Scroll
from scraper.recipe.model import Recipe
from scraper.recipe.reading import parse_recipe, read_recipe
from scraper.recipe.recipes import LoadedRecipe, Match, Recipes, packaged_directory

__all__ = [
    "Action",
    "FetchRule",
    "LoadedRecipe",
    "Match",
    "MediaRule",
    "Rate",
    "Recipe",
    "Recipes",
    "Scroll",
    "packaged_directory",
    "parse_recipe",
    "read_recipe",
]
