"""System checks: every model is declared, every guard stands."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from liftwarden.ground.journal import guards
from liftwarden.ground.journal.models import Entry
from liftwarden.kernel.declared import exemptions, folds


@register(Tags.models)
def every_model_is_declared(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuse a model of ours that is declared neither folded nor exempt."""
    declared = {fold.model for fold in folds()} | set(exemptions())
    ours = [model for model in apps.get_models() if model.__module__.startswith("liftwarden.")]
    return [
        Error(f"{model._meta.label} is declared neither folded nor exempt", obj=model, id="journal.E001")
        for model in ours
        if model not in declared
    ]


@register(Tags.database)
def every_guard_stands(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Refuse a database whose append-only guards are absent."""
    errors: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if Entry._meta.db_table in connection.introspection.table_names():
            errors += [
                Error(f"journal guard {name} is missing", id="journal.E002") for name in guards.missing(connection)
            ]
    return errors
