"""Addresses of the pages."""

from django.urls import path

from liftwarden.doors.web import home

urlpatterns = [
    path("", home.home, name="home"),
]
