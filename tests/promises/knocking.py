"""Knocks at a door as someone and reads the whole answer: status, headers, body, unpacked where it is packed."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from tests.promises.world import Plot

# What differs from one answer to the next without telling anything: tokens, nonces, form keys, cookies of the session.
VOLATILE = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(r'name="csrf-token" content="[^"]+"'),
    re.compile(r'"?X-CSRFToken"?: ?"[^"]+"', re.I),
    re.compile(r'name="key" value="[^"]+"'),
    re.compile(r'nonce[-=]"?[\w+/=-]+"?'),
    re.compile(r"csrftoken=[^;]+|sessionid=[^;]+|expires=[^;]+", re.I),
)


# Whatever looks like a mark of a plot: its token, a key in either spelling, a phone number.
MARK = re.compile(
    r"zq\d[a-z]{3}x\d{4}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])|1\d{10}"
)


@dataclass(frozen=True)
class Answer:
    """What came back, with what had been asked."""

    asked: str
    status: int
    headers: str
    body: bytes
    media_type: str

    @cached_property
    def text(self) -> str:
        """Everything readable in it, small letters only."""
        return (self.headers + "\n" + _unpacked(self.body, self.media_type)).lower()

    @cached_property
    def steady(self) -> str:
        """The same with what always differs masked."""
        text = f"{self.status}\n{self.headers}\n{_unpacked(self.body, self.media_type)}"
        for pattern in VOLATILE:
            text = pattern.sub("·", text)
        return text

    @cached_property
    def marks(self) -> frozenset[str]:
        """Everything in it that could be a mark of a plot and was not brought along by the asker."""
        return frozenset(MARK.findall(self.text)) - frozenset(MARK.findall(self.asked.lower()))

    def shows(self, marks: Iterable[str]) -> set[str]:
        """Find marks in it that the asker did not bring along."""
        return {mark for mark in marks if mark.lower() in self.marks}

    def shows_of(self, plot: Plot) -> set[str]:
        """Find marks of a plot."""
        return self.shows(plot.marks())


def signed_in(login: str, **client: Any) -> Client:
    """Give a client signed in under a login; a fault becomes a 500 to look at, not an exception."""
    made = Client(raise_request_exception=False, **client)
    user = get_user_model().objects.get(username=login)
    made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def get(client: Client, address: str, query: Mapping[str, str] | None = None) -> Answer:
    """Ask for an address."""
    return _answer(client.get(address, dict(query or {})), f"{address}?{json.dumps(query or {}, ensure_ascii=False)}")


def post_form(client: Client, address: str, data: Mapping[str, Any]) -> Answer:
    """Send a page's form."""
    return _answer(client.post(address, dict(data)), f"{address} {json.dumps(data, ensure_ascii=False)}")


def post_json(client: Client, address: str, data: Mapping[str, Any], **headers: str) -> Answer:
    """Send a body to the REST door."""
    response = client.post(address, json.dumps(data), content_type="application/json", headers=headers)
    return _answer(response, f"{address} {json.dumps(data, ensure_ascii=False)}")


def _answer(response: Any, asked: str) -> Answer:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items()) + response.cookies.output()
    return Answer(asked, response.status_code, headers, body, response.get("Content-Type", ""))


def _unpacked(body: bytes, media_type: str) -> str:
    """Read a body: archives (XLSX, DOCX) member by member, PDF by its text, JSON with its escapes undone."""
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in sorted(archive.namelist()))
    if body[:5] == b"%PDF-":
        from pypdf import PdfReader

        read = PdfReader(io.BytesIO(body))
        return "\n".join([*(page.extract_text() for page in read.pages), *map(str, (read.metadata or {}).values())])
    text = body.decode("utf-8", "replace")
    if "json" in media_type and "\\u" in text:
        return text + json.dumps(json.loads(text), ensure_ascii=False)
    return text
