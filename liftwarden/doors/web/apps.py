"""The pages as a Django app, for their templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "liftwarden.doors.web"
    label = "web"
    verbose_name = "页面"
