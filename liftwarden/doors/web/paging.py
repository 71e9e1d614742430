"""One page of a long list, with the address of the one before and after; never a count of everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

T = TypeVar("T")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Part(Generic[T]):
    """The rows of one page and the addresses beside it."""

    rows: list[T]
    number: int
    before: str
    after: str


def page_number(request: HttpRequest) -> int:
    """Tell which page the address asks for; the first where it makes no sense."""
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def part(listed: "Sequence[T] | QuerySet[Any]", request: HttpRequest, *, size: int = PAGE_SIZE) -> Part[T]:
    """Cut the page that the address asks for; one row more is read to know whether another follows."""
    number = page_number(request)
    start = (number - 1) * size
    rows = list(listed[start : start + size + 1])
    before = address(request, number - 1) if number > 1 else ""
    after = address(request, number + 1) if len(rows) > size else ""
    return Part(rows[:size], number, before, after)


def address(request: HttpRequest, number: int) -> str:
    """Give the address of another page of the same list."""
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"
