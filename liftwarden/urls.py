"""Every address of the node."""

from django.urls import include, path

from liftwarden.doors.api.main import api

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("", include("liftwarden.doors.web.urls")),
]
