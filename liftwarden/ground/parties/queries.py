"""The only reader of bodies, people and posts for others."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from liftwarden.ground.divisions.queries import tree
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, Person, Post
from liftwarden.ground.parties.permissions import Permission, roles
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import Refusal


class NoPost(Refusal):
    """A sign-in that holds no post today."""

    code = "no_post"
    status = 403
    sentence = "登录名“{login}”今天没有任何在任岗位。"


def posts_of(login: str, *, now: datetime) -> list[Post]:
    """List the posts a sign-in holds at a moment, oldest first."""
    today = day_in_shanghai(now)
    held = Post.objects.filter(person__user__username=login, person__user__is_active=True, from_on__lte=today)
    return list(
        held.filter(Q(to_on__isnull=True) | Q(to_on__gt=today))
        .select_related("person__user", "body")
        .order_by("from_on", "id")
    )


def actor(
    login: str, *, channel: str, now: datetime, post_id: UUID | None = None, wanting: Permission | None = None
) -> Actor:
    """Tell who acts: the sign-in under the named post, or under its first, one that grants `wanting` before others.

    Raises:
        NoPost: if the sign-in holds no such post today.
    """
    held = [post for post in posts_of(login, now=now) if post_id is None or post.pk == post_id]
    if not held:
        raise NoPost(login=login)
    granting = [post for post in held if wanting in roles()[post.role].permissions]
    post = (granting or held)[0]
    role = roles()[post.role]
    return Actor(post.pk, post.person_id, login, role, post.body_id, post.division_code, channel, now)


def bodies(by: Actor) -> "QuerySet[Body]":
    """List the bodies an actor may see: an official those seated in reach or nationwide registers, others their own."""
    if by.role.side != "division":
        return Body.objects.filter(pk=by.body_id)
    if not by.may(Permission.PARTY_READ):
        return Body.objects.none()
    return Body.objects.filter(division_code__in=by.codes).order_by("name", "id")


def body_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Name some bodies."""
    return {body.pk: body.name for body in Body.objects.filter(pk__in=set(ids)).only("id", "name")}


def bodies_by_names(names: Iterable[str], *, kind: str) -> dict[str, tuple[tuple[UUID, str | None], ...]]:
    """Find bodies by their exact names: name → each one's key and credit code; for many at once."""
    found: dict[str, tuple[tuple[UUID, str | None], ...]] = {}
    for some in _blocks(names):
        rows = Body.objects.filter(kind=kind, name__in=some).order_by("name", "id")
        for key, name, credit in rows.values_list("id", "name", "credit_code"):
            found[name] = (*found.get(name, ()), (key, credit))
    return found


def bodies_by_credit_codes(codes: Iterable[str], *, kind: str) -> dict[str, UUID]:
    """Find bodies by their credit codes; for many at once."""
    found: dict[str, UUID] = {}
    for some in _blocks(codes):
        rows = Body.objects.filter(kind=kind, credit_code__in=some).values_list("credit_code", "id")
        found |= {credit: key for credit, key in rows if credit is not None}
    return found


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(set(texts))
    for start in range(0, len(listed), 5_000):
        yield listed[start : start + 5_000]


def post_labels(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Name some posts for officials: role and person."""
    found = Post.objects.filter(pk__in=set(ids)).select_related("person", "body")
    return {post.pk: f"{post.person.name}（{roles()[post.role].label}，{post.body.name}）" for post in found}


def post_reaches(post_id: UUID, *, division: str, permission: Permission, now: datetime) -> bool:
    """Whether a post is held today, grants a permission and reaches a division."""
    today = day_in_shanghai(now)
    post = Post.objects.filter(pk=post_id, from_on__lte=today).first()
    if post is None or (post.to_on is not None and post.to_on <= today):
        return False
    role = roles()[post.role]
    return role.side == "division" and permission in role.permissions and division in tree().below(post.division_code)


def colleagues(by: Actor, *, permission: Permission) -> list[Post]:
    """List the other posts of the actor's own division that grant a permission today, for choosing a second officer."""
    today = day_in_shanghai(by.now)
    held = Post.objects.filter(division_code=by.division, from_on__lte=today).exclude(person_id=by.person_id)
    held = held.filter(Q(to_on__isnull=True) | Q(to_on__gt=today)).select_related("person", "body").order_by("id")
    return [post for post in held if permission in roles()[post.role].permissions]


def division_of_post(post_id: UUID) -> str:
    """Tell the division of a post; an unknown one lies nowhere."""
    return Post.objects.filter(pk=post_id).values_list("division_code", flat=True).first() or ""


def is_appointable(person_id: UUID, *, by: Actor) -> bool:
    """Whether an actor may give a person a post: someone who holds or held one in reach, or none anywhere yet."""
    if not Person.objects.filter(pk=person_id).exists():
        return False
    held = set(Post.objects.filter(person_id=person_id).values_list("division_code", flat=True))
    return not held or not held.isdisjoint(by.codes)


def posts(by: Actor) -> "QuerySet[Post]":
    """Give the posts that an actor who keeps accounts may see: those in reach, newest first."""
    if not by.may(Permission.PARTY_WRITE):
        return Post.objects.none()
    held = Post.objects.filter(division_code__in=by.codes)
    return held.select_related("person__user", "body").order_by("-from_on", "-id")


def appointable(by: Actor) -> "QuerySet[Person]":
    """Give the people whom an actor may give a post: see `is_appointable`."""
    if not by.may(Permission.PARTY_WRITE):
        return Person.objects.none()
    within = Exists(Post.objects.filter(person=OuterRef("pk"), division_code__in=by.codes))
    anywhere = Exists(Post.objects.filter(person=OuterRef("pk")))
    return Person.objects.filter(within | ~anywhere).select_related("user").order_by("name", "id")


def login_of_post(post_id: UUID) -> str | None:
    """Tell the sign-in of whoever holds, or held, a post."""
    return Post.objects.filter(pk=post_id).values_list("person__user__username", flat=True).first()


def any_posts() -> bool:
    """Whether anyone holds, or ever held, a post on this node."""
    return Post.objects.exists()
