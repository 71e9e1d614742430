"""Catalogue varieties and place categories, as data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Place:
    """A kind of place; 公众聚集 and 人员密集 are two lists."""

    code: str
    label: str
    public: bool
    crowded: bool


def _data(name: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files("liftwarden.casework.registry") / "data" / name).read_text(encoding="utf-8"))


@cache
def varieties() -> dict[tuple[str, str], str]:
    """Map (catalogue, variety code) to its name."""
    return {
        (catalogue, code): name
        for catalogue, listed in _data("catalogue.toml").items()
        for code, name in listed.items()
        if code != "label"
    }


@cache
def catalogues() -> dict[str, str]:
    """Map each catalogue version to its label."""
    return {catalogue: listed["label"] for catalogue, listed in _data("catalogue.toml").items()}


@cache
def places() -> dict[str, Place]:
    """Map each place category to what is known of it."""
    return {
        code: Place(code, str(told["label"]), bool(told["public"]), bool(told["crowded"]))
        for code, told in _data("places.toml").items()
    }


def variety_name(catalogue: str, code: str) -> str:
    """Name a variety, or give its code where the catalogue does not know it."""
    return varieties().get((catalogue, code), code)
