"""Finds every route there is: the URLconf walked to its leaves, the REST operations with their views and methods."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from liftwarden.doors.api.main import api
from liftwarden.doors.threshold.deed import Deed
from liftwarden.doors.threshold.deeds import deeds

API = "api/v1/"
# Routes that are not ours and carry no `policy`, by where they begin, with the reason.
NOT_OURS = {
    "accounts/": "allauth's own pages: sign-in, password, TOTP; each guards itself; they show the signed-in person alone",
    "static/": "whitenoise serves files that come with the product",
    "api/v1/openapi.json": "django-ninja's description of the routes; it shows shapes and no rows",
}


@dataclass(frozen=True)
class Route:
    """One address with the names in it and what is declared of it."""

    address: str
    name: str
    door: str
    methods: frozenset[str]
    parameters: tuple[str, ...]
    policy: Any
    deed: Deed | None
    queries: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"/{self.address}"

    @property
    def reads(self) -> bool:
        """Whether it answers GET; a page may, an operation of the REST door says so."""
        return "GET" in self.methods


def urlconf(patterns: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Walk the URLconf to its leaves."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from urlconf(one.url_patterns, address)
        else:
            yield address, one


def operations() -> Iterator[tuple[str, Any]]:
    """List the operations of the REST door with their addresses."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield API + f"{router.prefix}{path}".lstrip("/"), operation


def is_ours(address: str) -> bool:
    """Whether a route is of the product and not of a library."""
    return not any(address.startswith(start) for start in NOT_OURS)


@functools.cache
def routes() -> tuple[Route, ...]:
    """List every route of ours."""
    return (*_pages(), *_rest())


def _pages() -> Iterator[Route]:
    for address, pattern in urlconf():
        if is_ours(address) and not address.startswith(API):
            deed = deeds().get((pattern.name or "").removeprefix("do-"))
            yield Route(
                address=address,
                name=pattern.name or address,
                door="web",
                methods=frozenset({"GET", "POST"}),
                parameters=tuple(pattern.pattern.converters),
                policy=getattr(pattern.callback, "policy", None),
                deed=deed if (pattern.name or "").startswith("do-") else None,
            )


def _rest() -> Iterator[Route]:
    schema = {op["operationId"]: op for paths in api.get_openapi_schema()["paths"].values() for op in paths.values()}
    for template, operation in operations():
        identity = operation.operation_id or api.get_openapi_operation_id(operation)
        told = schema[identity]
        address = template.replace("{", "<").replace("}", ">")
        yield Route(
            address=address,
            name=f"api:{identity}",
            door="api",
            methods=frozenset(operation.methods),
            parameters=tuple(p["name"] for p in told.get("parameters", ()) if p["in"] == "path"),
            policy=getattr(operation.view_func, "policy", None),
            deed=deeds().get(address.rstrip("/").rpartition("/")[2]),
            queries=tuple(p["name"] for p in told.get("parameters", ()) if p["in"] == "query" and p.get("required")),
        )
