"""The journal as a Django app; its checks refuse a node whose guards or declarations are missing."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "liftwarden.ground.journal"
    label = "journal"
    verbose_name = "流水"

    def ready(self) -> None:
        """Register the checks."""
        from liftwarden.ground.journal import checks  # noqa: F401  (registers by import)
