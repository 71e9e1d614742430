"""The only writer of bodies, people and posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.divisions.tree import UnknownDivision
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, BodyKind, Person, Post
from liftwarden.ground.parties.permissions import Permission, roles
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import narrowed, tidied


class BadCreditCode(Refusal):
    """A 统一社会信用代码 whose characters or check digit are wrong (GB 32100)."""

    code = "bad_credit_code"
    sentence = "统一社会信用代码“{text}”不正确（应为 18 位，且校验位相符）。"


class BodyExists(Refusal):
    """The same kind of body with the same code is on file."""

    code = "body_exists"
    status = 409
    sentence = "已有统一社会信用代码为“{text}”的同类单位。"  # its name is not told: it may lie out of reach


class LoginTaken(Refusal):
    """A sign-in name that is in use."""

    code = "login_taken"
    status = 409
    sentence = "登录名“{login}”已被使用。"


class UnknownRole(Refusal):
    """A role that the data does not know."""

    code = "unknown_role"
    sentence = "没有“{role}”这种岗位；可用：{allowed}。"


def credit_code(text: str) -> str | None:
    """Normalise a 统一社会信用代码; blank is none.

    Raises:
        BadCreditCode: if its shape or check digit is wrong.
    """
    code = narrowed(text).upper()
    if not code:
        return None
    try:
        return str(uscc.validate(code))
    except ValidationError as error:
        raise BadCreditCode(text=text) from error


@transaction.atomic
def add_body(name: str, *, kind: BodyKind, division: str, credit: str = "", address: str = "", by: Hand) -> Body:
    """Put a body on file.

    Raises:
        UnknownDivision: if the division is not in the tree.
        BadCreditCode: if the code is wrong.
        BodyExists: if that code is on file for the kind.
    """
    if not divisions.tree().knows(division):
        raise UnknownDivision(division=division, on=by.now.date().isoformat())
    code = credit_code(credit)
    if code and Body.objects.filter(kind=kind, credit_code=code).exists():
        raise BodyExists(text=code)
    body = Body(kind=str(kind), name=tidied(name), credit_code=code, division_code=division, address=tidied(address))
    return journal.create(body, "body.added", division=division, by=by, at=by.now)


@dataclass(frozen=True)
class NewBody:
    """A body to put on file, its key made by the caller and its credit code checked."""

    id: UUID
    kind: BodyKind
    name: str
    credit: str | None
    division: str


def add_bodies(bodies: Sequence[NewBody], *, by: Hand) -> int:
    """Put many bodies on file at once, for an import that has checked each; gives how many."""
    rows = [
        Body(id=b.id, kind=str(b.kind), name=tidied(b.name), credit_code=b.credit, division_code=b.division, address="")
        for b in bodies
    ]
    return journal.create_rows(rows, "body.added", by=by)


@transaction.atomic
def add_person(login: str, *, name: str, password: str | None, phone: str = "", card_no: str = "", by: Hand) -> Person:
    """Give a person a sign-in; the journal keeps the key, never the name.

    Raises:
        LoginTaken: if the sign-in name is in use.
    """
    users = get_user_model()
    if users.objects.filter(username=login).exists():
        raise LoginTaken(login=login)
    user = users.objects.create_user(login, password=password)
    person = Person.objects.create(name=tidied(name), phone=narrowed(phone), card_no=narrowed(card_no), user=user)
    journal.note(journal.Draft("person.added", "person", person.pk, "", by.now, {}), by=by)
    return person


@transaction.atomic
def appoint(
    person_id: UUID, *, role: str, body_id: UUID, division: str, from_on: date, to_on: date | None = None, by: Hand
) -> Post:
    """Give a person a post.

    Raises:
        UnknownRole: if the role is not in the data.
        UnknownDivision: if the division is not in the tree.
    """
    if role not in roles():
        raise UnknownRole(role=role, allowed="、".join(sorted(roles())))
    if not divisions.tree().knows(division):
        raise UnknownDivision(division=division, on=from_on.isoformat())
    post = Post(person_id=person_id, body_id=body_id, role=role, division_code=division, from_on=from_on, to_on=to_on)
    return journal.create(post, "post.appointed", division=division, by=by, at=by.now)


@transaction.atomic
def end_post(post_id: UUID, *, to_on: date, by: Hand) -> Post:
    """End a post on a day; its rights are gone with the next request after it."""
    post = Post.objects.select_for_update().get(pk=post_id)
    return journal.change(post, {"to_on": to_on}, "post.ended", division=post.division_code, by=by, at=by.now)


def set_password(login: str, password: str, *, by: Actor) -> None:
    """Set a sign-in's password; the journal keeps that it was done, never what it is.

    Raises:
        NotYours: if `by` may not keep accounts where the person's posts lie.
        BadInput: for an unknown login or a password that the policy refuses.
    """
    person = Person.objects.filter(user__username=login).select_related("user").first()
    if person is None:
        raise BadInput(field="登录名", reason=f"没有“{login}”")
    for division in Post.objects.filter(person=person).values_list("division_code", flat=True) or [by.division]:
        by.must(Permission.PARTY_WRITE, at=division)
    try:
        validate_password(password, user=person.user)
    except DjangoValidationError as error:
        raise BadInput(field="口令", reason="；".join(error.messages)) from error
    with transaction.atomic():
        person.user.set_password(password)
        person.user.save(update_fields=["password"])
        journal.note(journal.Draft("person.password-set", "person", person.pk, "", by.now, {}), by=by.hand)
