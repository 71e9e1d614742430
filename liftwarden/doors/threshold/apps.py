"""The threshold as a Django app, for its receipts."""

from django.apps import AppConfig


class ThresholdConfig(AppConfig):
    name = "liftwarden.doors.threshold"
    label = "threshold"
    verbose_name = "门槛"
