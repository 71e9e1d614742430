"""The hazards room as a Django app."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "liftwarden.casework.hazards"
    label = "hazards"
    verbose_name = "隐患台账"
