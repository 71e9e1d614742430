"""The returns as a Django app."""

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "liftwarden.oversight.returns"
    label = "returns"
    verbose_name = "报表"
