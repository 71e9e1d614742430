"""The divisions room as a Django app."""

from django.apps import AppConfig


class DivisionsConfig(AppConfig):
    name = "liftwarden.ground.divisions"
    label = "divisions"
    verbose_name = "行政区划"
