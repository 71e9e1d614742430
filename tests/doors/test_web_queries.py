"""A page asks the database as often for fifty rows as for five."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.registry.rules import PartyRole
from tests.doors.visitor import a_visitor
from tests.factories import a_body, a_lift, a_problem, an_actor, an_order, day, serve

pytestmark = pytest.mark.django_db
FEW, MORE = 2, 7


def asked(visitor, address):
    visitor.text(address)
    with CaptureQueriesContext(
        connection,
    ) as told:
        visitor.text(address)
    return len(told)


def grow(number, unit, firm, by):
    for _ in range(number):
        lift = a_lift(estate="翠苑三区")
        serve(lift, unit)
        serve(lift, firm, PartyRole.MAINTENANCE)
        problem = a_problem(lift, by=by)
        hazards.instruct([problem.pk], an_order(by), at=day("2017-02-02"), by=by)


class TestTheNumberOfQueries:
    @pytest.mark.parametrize(
        ("role", "address"),
        [
            ("inspector", "/"),
            ("inspector", "/lifts/"),
            ("inspector", "/lifts/?q=文三路"),
            ("inspector", "/worklist/"),
            ("inspector", "/worklist/round-sheet/"),
            ("inspector", "/instructions/"),
            ("inspector", "/bodies/"),
            ("inspector", "/do/instruct/"),
            ("use_unit", "/"),
            ("use_unit", "/worklist/"),
            ("maintenance", "/"),
        ],
    )
    def test_does_not_grow_with_the_rows(self, role, address):
        unit, firm, chief = a_body(), a_body(), an_actor("chief")
        visitor = a_visitor(role, body={"use_unit": unit, "maintenance": firm}.get(role))
        grow(FEW, unit, firm, chief)
        few = asked(visitor, address)

        grow(MORE, unit, firm, chief)

        assert asked(visitor, address) == few <= 30

    def test_of_a_lift_does_not_grow_with_its_problems(self):
        visitor, lift, chief = a_visitor("inspector"), a_lift(), an_actor("chief")
        serve(lift, a_body())
        a_problem(lift, by=chief)
        few = [asked(visitor, address) for address in addresses(lift)]

        for _ in range(4):
            a_problem(lift, by=chief)

        assert [asked(visitor, address) for address in addresses(lift)] == few

    def test_of_a_page_none_writes(self):
        unit, firm, chief = a_body(), a_body(), an_actor("chief")
        grow(FEW, unit, firm, chief)
        visitor = a_visitor("inspector")

        with CaptureQueriesContext(connection) as told:
            for address in ("/", "/lifts/", "/worklist/", "/instructions/", "/bodies/", "/look-back/", "/reminders/"):
                visitor.text(address)

        assert [q["sql"] for q in told if not q["sql"].lstrip().upper().startswith(("SELECT", "PRAGMA"))] == []


def addresses(lift):
    return f"/lifts/{lift.pk}/", f"/lifts/{lift.pk}/timeline/"
