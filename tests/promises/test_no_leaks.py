"""No byte of another division, use unit or firm comes through any route; one's own does.

URLconf and OpenAPI × seats × plots: whatever route is added is walked by itself (`routes.py`, `subjects.py`).
"""

import json

import pytest
from django.db import transaction
from stdnum.cn import uscc

from liftwarden.doors.threshold.deeds import deeds
from liftwarden.ground.journal.models import Entry
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties.models import BodyKind
from liftwarden.ground.parties.permissions import roles
from tests import factories
from tests.promises import knocking, subjects
from tests.promises import world as worlds
from tests.promises.knocking import Answer
from tests.promises.routes import Route, routes
from tests.promises.world import Plot, Seat, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
SEATS = (*worlds.ROLES, "upper chief", "county inspector", "use unit", "firm")
READING = [route for route in routes() if route.reads]
WRITING = [route for route in routes() if "POST" in route.methods]


def reads(route: Route, seat: Seat, world: World) -> list[tuple[Plot, str, dict[str, str]]]:
    """List what is asked of a reading route: each plot's subject, or the bare address and a search for each plot.

    The form of a deed loads its subject as the subject's own page does: own, one beside and one above are enough.
    """
    plots, own = world.near(seat), world.plots[seat.home]
    beside = next(plot for plot in reversed(plots) if plot.name not in seat.reach)
    if route.deed:
        plots = [own, beside]
    if subjects.subjects_of(route):
        return [(plot, subjects.address(route, plot), subjects.query(route, plot)) for plot in plots]
    address = subjects.address(route, own)
    if route.deed:
        return [(own, address, {})]
    asked = [(plot, address, subjects.query(route, plot) | {"q": plot.token}) for plot in (own, beside)]
    return asked if route.queries else [(own, address, {}), *asked]


def walked(seat: Seat, world: World) -> list[tuple[Route, Plot, Answer, tuple[str, dict[str, str]]]]:
    """Walk every reading route as one seat, once for the module: answers do not depend on the test that asks."""
    if seat.name not in world.walks:
        client = knocking.signed_in(seat.login)
        world.walks[seat.name] = [
            (route, plot, knocking.get(client, address, query), (address, query))
            for route in READING
            for plot, address, query in reads(route, seat, world)
        ]
    return world.walks[seat.name]


def may_read(seat: Seat, route: Route) -> bool:
    """Whether a seat's role may read what the route names (and may stand before the route at all)."""
    granted = roles()[seat.role].permissions
    kinds = subjects.subjects_of(route)
    wanted = {subjects.READS[kind] for kind in kinds} | ({route.policy[1]} if route.policy[1] else set())
    return wanted <= granted and not any((seat.role, kind) in subjects.NOT_FOR for kind in kinds)


def leaks(answer: Answer, seat: Seat, world: World) -> list[str]:
    """Name the foreign marks in an answer."""
    return [
        f"{answer.asked} → {plot.name}: {sorted(shown)}"
        for plot in world.foreign(seat)
        if (shown := answer.shows_of(plot))
    ]


@pytest.mark.parametrize("name", SEATS)
class TestReading:
    def test_shows_nothing_foreign_and_never_faults(self, name, world):
        seat, found = world.seats[name], []

        for route, plot, answer, _ in walked(seat, world):
            found += leaks(answer, seat, world)
            if answer.status >= 500:
                found.append(f"{answer.asked} → {answer.status}")
            if subjects.subjects_of(route) and plot.name not in seat.reach and answer.status not in (403, 404, 405):
                found.append(f"{answer.asked} → {answer.status} for a foreign subject")

        assert not found, "\n".join(found[:60])

    def test_shows_ones_own_where_the_role_may_read_it(self, name, world):
        seat, missing = world.seats[name], []

        for route, plot, answer, _ in walked(seat, world):
            if plot.name == seat.home and subjects.subjects_of(route) and may_read(seat, route):
                quiet = route.name in subjects.QUIET
                told = answer.status == 200 and (
                    quiet or answer.shows({plot.token}) or not answer.media_type.startswith("text")
                )
                # A form whose lifecycle has no such step from here refuses before it is filled in.
                if not told and answer.status not in (405, 409):
                    missing.append(f"{answer.asked} → {answer.status} without its own canary")

        assert not missing, "\n".join(missing[:60])

    def test_is_not_changed_by_foreign_data(self, name, world):
        seat = world.seats[name]
        before = {
            json.dumps(asked): answer.steady for _, plot, answer, asked in walked(seat, world) if plot.name == seat.home
        }

        with transaction.atomic():
            for number, foreign in enumerate(world.foreign(seat)):
                worlds.grow(foreign, number)
            client = knocking.signed_in(seat.login)
            after = {asked: knocking.get(client, *json.loads(asked)).steady for asked in before}
            transaction.set_rollback(True)

        changed = [asked for asked in before if before[asked] != after[asked]]
        assert not changed, "\n".join(changed)


class TestLists:
    def test_every_route_without_a_subject_shows_someone_their_own(self, world):
        silent = []
        for route in READING:
            if subjects.subjects_of(route) or route.name in subjects.SHOWS_NOTHING or route.deed:
                continue
            if not any(self._shows_own(route, seat, world) for seat in world.seats.values()):
                silent.append(str(route))

        assert silent == [], "name it in SHOWS_NOTHING (tests/promises/subjects.py) with the reason, or find out why"

    @staticmethod
    def _shows_own(route: Route, seat: Seat, world: World) -> bool:
        plot = world.plots[seat.home]
        answer = knocking.get(
            knocking.signed_in(seat.login), subjects.address(route, plot), subjects.query(route, plot)
        )
        return answer.status == 200 and bool(answer.shows({plot.token, *map(str, plot.keys.values())}))


@pytest.mark.parametrize("name", SEATS)
class TestWriting:
    def test_aimed_at_a_foreign_subject_is_refused_and_changes_nothing(self, name, world):
        seat, found = world.seats[name], []
        client, own = knocking.signed_in(seat.login), world.plots[seat.home]
        written = Entry.objects.count()

        for route in WRITING:
            foreign = [plot for plot in world.near(seat) if plot.name not in seat.reach]
            # A page does what the REST door does; one foreign plot is enough for it.
            for plot in foreign[-1:] if route.door == "web" else foreign:
                for answer, in_field in _aimed(client, route, own, plot):
                    found += leaks(answer, seat, world)
                    # A form is shown again with the refusal at its field, as for a key that nothing bears.
                    if answer.status not in (
                        (403, 404, 405, 422) if in_field and route.door == "web" else (403, 404, 405)
                    ):
                        found.append(f"{answer.asked} → {answer.status}")

        assert not found, "\n".join(found[:60])
        assert Entry.objects.count() == written

    def test_aimed_at_ones_own_is_not_refused_for_who_one_is(self, name, world):
        seat, found = world.seats[name], []
        client, own = knocking.signed_in(seat.login), world.plots[seat.home]

        for route in WRITING:
            granted = roles()[seat.role].permissions
            if route.deed and {route.deed.permission, *subjects.ALSO_NEEDS.get(route.deed.name, ())[:1]} <= granted:
                with transaction.atomic():
                    answer = _do(client, route, own, subjects.fields(route.deed, own))
                    transaction.set_rollback(True)
                # A rule may say no (409, 422); who one is, or a field that cannot be read, may not be why.
                if answer.status not in (200, 302, 303, 409, 422) or "invalid_fields" in answer.text:
                    found.append(f"{answer.asked} → {answer.status} {answer.text[-300:]}")

        assert not found, "\n".join(found[:60])


@pytest.mark.parametrize(("name", "field"), subjects.BESIDE)
class TestBeside:
    def test_what_lies_beside_is_refused_as_if_it_were_not_there(self, name, field, world):
        seat, own, beside = world.seats["chief"], world.plots["hangzhou"], world.plots["ningbo"]
        client, written = knocking.signed_in(seat.login), Entry.objects.count()
        told = subjects.fields(deeds()[name], own, foreign=(field, beside))

        answer = knocking.post_json(client, f"/api/v1/{name}", told)

        assert (answer.status, leaks(answer, seat, world)) == (422, [])
        assert Entry.objects.count() == written


class TestTaken:
    """A number or code that something foreign bears is refused without telling what bears it."""

    def test_credit_code_names_no_foreign_body(self, world):
        seat, beside = world.seats["registrar"], world.plots["ningbo"]
        code = "91330200MA2AB12345"[:17]
        code += uscc.calc_check_digit(code)
        parties.add_body(
            beside.said("持证"), kind=BodyKind.USE_UNIT, division=beside.division, credit=code, by=factories.node()
        )
        told = {"name": "新物业", "kind": "use_unit", "division": "330100", "credit_code": code}

        answer = knocking.post_json(knocking.signed_in(seat.login), "/api/v1/add-body", told)

        assert (answer.status, leaks(answer, seat, world)) == (409, [])

    def test_number_names_no_foreign_lift(self, world):
        seat, beside = world.seats["registrar"], world.plots["ningbo"]
        told = subjects.fields(deeds()["add-lift"], world.plots["hangzhou"]) | {"other_number": beside.said("号")}

        answer = knocking.post_json(knocking.signed_in(seat.login), "/api/v1/add-lift", told)

        assert (answer.status, leaks(answer, seat, world)) == (409, [])


def _aimed(client, route: Route, own: Plot, foreign: Plot) -> list[tuple[Answer, bool]]:
    """Aim a writing route at a foreign plot: through its address, and through each field that names something."""
    if route.deed is None:
        named = subjects.subjects_of(route)
        return [(knocking.post_form(client, subjects.address(route, foreign), {}), True)] if named else []
    aimed = []
    for name in subjects.references(route.deed):
        told = subjects.fields(route.deed, own, foreign=(name, foreign))
        in_field = name != route.deed.subject
        aimed.append((_do(client, route, own if in_field else foreign, told), in_field))
    return aimed


def _do(client, route: Route, subject: Plot, told: dict) -> Answer:
    address = subjects.address(route, subject)
    body = {name: value for name, value in told.items() if name != route.deed.subject}
    if route.door == "web":
        return knocking.post_form(client, address, body | {"confirmed": "1"})
    return knocking.post_json(client, address, body)


class TestEveryRoute:
    def test_declares_its_policy(self):
        assert [str(route) for route in routes() if route.policy is None] == []

    def test_is_walked(self):
        assert len(READING) > 5
        assert len(WRITING) >= 40

    def test_without_a_policy_would_be_found(self):
        bare = Route("x/", "x", "web", frozenset({"GET"}), (), None, None)

        assert [str(route) for route in (bare,) if route.policy is None] == ["/x/"]

    def test_with_a_parameter_that_nothing_fills_says_what_to_add(self):
        strange = Route("x/<uuid:moon_id>/", "x", "web", frozenset({"GET"}), ("moon_id",), ("page", None), None)

        with pytest.raises(AssertionError, match="add “moon” to PARAMETERS"):
            subjects.subjects_of(strange)
