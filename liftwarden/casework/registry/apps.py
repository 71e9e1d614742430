"""The registry room as a Django app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "liftwarden.casework.registry"
    label = "registry"
    verbose_name = "电梯登记"
