"""What every page shows: who acts, whether the data is a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the page frame its facts."""
    return {"actor": getattr(request, "actor", None), "demo": settings.DEMO}
