"""The parties room as a Django app."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "liftwarden.ground.parties"
    label = "parties"
    verbose_name = "单位与人员"
