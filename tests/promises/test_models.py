"""What holds for every table: declared, guarded, constrained by sentences, pointing downward, free of Django's magic."""

import re
import tomllib
from functools import cache

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import connection, models

from liftwarden.ground.journal import checks, guards
from liftwarden.kernel import declared
from tests.promises.source import ROOT, modules

SENTENCE = re.compile(r"[a-z]+(_[a-z0-9]+){2,}")

# Related names other than "+", with the reason.
SPOKEN_BACKWARDS = {
    "parties.Person.user": "allauth's pages ask a sign-in for its person",
    "parties.Post.person": "a person's posts are asked from the person, in the room that holds both",
}
# A unique column whose rule has no name of its own, with the reason.
UNNAMED = {
    "registry.Lift.device_code": "a column rule of the first migration; the room refuses a taken number in words before it",
    "journal.Link.entry_id": "one link an entry; the chain check names a break before this rule could speak",
}


def ours() -> list[type[models.Model]]:
    """List the models of the product."""
    return [model for model in apps.get_models() if model.__module__.startswith("liftwarden.")]


@cache
def heights() -> dict[str, int]:
    """Read from the import contracts how high each room stands; rooms that do not know each other stand level."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layered = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    floors = next(layers for layers in layered if "liftwarden.kernel" in layers)
    found: dict[str, int] = {}
    for number, floor in enumerate(reversed(floors)):
        found[floor] = number * 100
        for layers in layered:
            rooms = [line.split("|") for line in layers if layers is not floors]
            for step, names in enumerate(reversed(rooms)):
                for name in (one.strip(" ()") for one in names):
                    if name.startswith(floor + "."):
                        found[name] = number * 100 + step
    return found


def room(model: type[models.Model]) -> str:
    """Name the room of a model (`liftwarden.casework.hazards`); Django's own stand below everything."""
    parts = model.__module__.split(".")
    return ".".join(parts[:3]) if parts[0] == "liftwarden" else ""


def height(model: type[models.Model]) -> int:
    """Tell how high a model's room stands."""
    return heights().get(room(model), heights()[".".join(room(model).split(".")[:2])]) if room(model) else -1


class TestEveryModel:
    def test_is_declared_folded_or_exempt(self):
        assert [
            m._meta.label for m in ours() if m not in {f.model for f in declared.folds()} | set(declared.exemptions())
        ] == []

    def test_undeclared_would_fail_the_system_check(self, monkeypatch):
        class Dummy(models.Model):
            class Meta:
                app_label = "journal"
                managed = False

        monkeypatch.setattr(Dummy, "__module__", "liftwarden.ground.dummy")
        try:
            found = checks.every_model_is_declared(None)
        finally:
            del apps.all_models["journal"]["dummy"]
            apps.clear_cache()

        assert [error.id for error in found] == ["journal.E001"]

    def test_exempt_says_why(self):
        assert [model.__name__ for model, reason in declared.exemptions().items() if len(reason) < 20] == []

    def test_passes_djangos_own_checks(self):
        assert run_checks() == []

    def test_has_no_ordering_of_its_own(self):
        assert [model._meta.label for model in ours() if model._meta.ordering] == []

    def test_lists_no_choices_on_a_field(self):
        assert [
            str(field) for model in ours() for field in model._meta.get_fields() if getattr(field, "choices", None)
        ] == []

    def test_has_constraints_whose_names_read_as_sentences(self):
        named = [(m._meta.label, c.name) for m in ours() for c in m._meta.constraints]

        assert [one for one in named if not SENTENCE.fullmatch(one[1])] == []

    def test_names_every_rule_of_uniqueness(self):
        unnamed = {
            str(field)
            for model in ours()
            for field in model._meta.concrete_fields
            if field.unique and not field.primary_key and not field.one_to_one
        }

        assert unnamed == set(UNNAMED)

    @pytest.mark.parametrize("name", ["uniq1", "lift_unique", "Lift_is_one", "lift__x"])
    def test_a_constraint_that_is_no_sentence_would_be_found(self, name):
        assert not SENTENCE.fullmatch(name)


class TestEveryForeignKey:
    def test_is_not_spoken_backwards(self):
        spoken = {
            str(field)
            for model in ours()
            for field in model._meta.concrete_fields
            if field.is_relation and field.remote_field.related_name != "+"
        }

        assert spoken == set(SPOKEN_BACKWARDS)

    def test_points_to_its_own_room_or_a_lower_one(self):
        upward = [
            str(field)
            for model in ours()
            for field in model._meta.concrete_fields
            if field.is_relation
            and room(field.related_model) != room(model)
            and height(field.related_model) >= height(model)
        ]

        assert upward == []

    def test_heights_come_from_the_import_contracts(self):
        heard = heights()

        assert heard["liftwarden.ground.journal"] < heard["liftwarden.ground.parties"]
        assert (
            heard["liftwarden.ground.parties"]
            < heard["liftwarden.casework.registry"]
            < heard["liftwarden.casework.hazards"]
        )


class TestMagic:
    @pytest.mark.parametrize("word", ["django.db.models.signals", "django.dispatch", "@receiver("])
    def test_no_module_uses_signals(self, word):
        assert [one.path for one in modules() if word in one.text] == []

    def test_no_model_overrides_save_or_delete(self):
        assert [m._meta.label for m in ours() if {"save", "delete", "clean"} & set(vars(m))] == []


@pytest.mark.django_db
class TestGuards:
    def test_every_guard_stands(self):
        assert guards.missing(connection) == []

    def test_a_missing_guard_fails_the_system_check(self):
        guards.lift(connection)

        found = checks.every_guard_stands(["default"])

        assert {error.id for error in found} == {"journal.E002"}
        assert len(found) >= 4
