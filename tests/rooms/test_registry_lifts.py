"""Lifts: four numbers as strings, parties by day, use state with its reason, coordinates with their datum."""

from datetime import date
from decimal import Decimal

import pytest

from liftwarden.casework.registry import actions, queries
from liftwarden.casework.registry.actions import NoNumber, NumberTaken, PartyOverlap
from liftwarden.casework.registry.many import Entry, LiftRefused, register_many
from liftwarden.casework.registry.rules import PartyRole, UseAction
from liftwarden.ground.divisions.tree import UnknownDivision
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.parties.models import BodyKind
from liftwarden.kernel.codes import BadCode
from liftwarden.kernel.refusals import ActionNotAllowed, BadInput, NotFound, NotYours
from tests.factories import BINJIANG, XIHU, ZHEJIANG, a_body, a_lift, an_actor, serve

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-2.3")]
WEST = date(2015, 1, 1)


@pytest.fixture
def registrar():
    return an_actor("registrar", division=ZHEJIANG)


class TestNumbers:
    def test_keep_their_leading_zeros(self, registrar):
        lift = a_lift(by=registrar, rescue_code="012345")

        assert queries.by_number("012345", by=registrar).pk == lift.pk

    def test_may_be_typed_in_full_width(self, registrar):
        lift = a_lift(by=registrar, rescue_code="012345")

        assert queries.by_number("０１２３４５", by=registrar).pk == lift.pk

    @pytest.mark.parametrize("code", ["311010ABC201600001", "311010ABC20160001"])
    def test_take_a_device_code_of_18_or_17_characters(self, registrar, code):
        assert a_lift(by=registrar, device_code=code).device_code == code

    def test_refuse_a_device_code_of_another_shape(self, registrar):
        with pytest.raises(BadCode, match="18 位"):
            a_lift(by=registrar, device_code="3110")

    def test_are_not_given_twice(self, registrar):
        a_lift(by=registrar, device_code="311010ABC201600001")

        with pytest.raises(NumberTaken):
            a_lift(by=registrar, device_code="311010ABC201600001")

    def test_are_needed(self, registrar):
        with pytest.raises(NoNumber):
            a_lift(by=registrar, rescue_code=None)

    def test_read_a_variety_with_its_catalogue(self, registrar):
        lift = a_lift(by=registrar, catalogue="2004", variety="3110")

        assert queries.variety_label(lift) == "曳引式客梯"

    def test_refuse_a_variety_that_the_catalogue_lacks(self, registrar):
        with pytest.raises(BadInput, match="2014 目录中没有"):
            a_lift(by=registrar, variety="3150")


class TestRegistering:
    def test_is_refused_outside_the_post(self):
        with pytest.raises(NotYours):
            a_lift(by=an_actor("registrar", division=BINJIANG), division=XIHU)

    def test_is_refused_in_an_unknown_division(self, registrar):
        with pytest.raises((UnknownDivision, NotYours)):
            a_lift(by=registrar, division="339999")

    def test_of_many_is_all_or_none(self, registrar):
        good = Entry({"variety": "3110", "rescue_code": "100001", "address": "甲路1号"}, XIHU)
        bad = Entry({"variety": "3110", "rescue_code": "1", "address": "甲路2号"}, XIHU)

        with pytest.raises(LiftRefused, match="第 2 台"):
            register_many([good, bad], by=registrar)

        assert not queries.found("100001", by=registrar)

    def test_of_many_leaves_a_journal_that_verifies(self, registrar):
        entries = [
            Entry({"variety": "3110", "rescue_code": f"10000{n}", "address": f"甲路{n}号"}, XIHU) for n in range(9)
        ]

        register_many(entries, by=registrar)

        assert verify().breaks == ()

    def test_of_many_refuses_a_device_code_twice(self, registrar):
        told = {"variety": "3110", "device_code": "311010ABC201600001", "address": "甲路1号"}

        with pytest.raises(LiftRefused, match="与第 1 台相同"):
            register_many([Entry(told, XIHU), Entry(told, XIHU)], by=registrar)


class TestParties:
    def test_answer_who_maintained_a_lift_on_a_day(self, registrar):
        lift = a_lift(by=registrar)
        first, second = a_body(BodyKind.MAINTENANCE), a_body(BodyKind.MAINTENANCE)
        serve(lift, first, PartyRole.MAINTENANCE, from_on=WEST)
        serve(lift, second, PartyRole.MAINTENANCE, from_on=date(2017, 3, 1))

        days = (date(2014, 12, 31), date(2017, 2, 28), date(2017, 3, 1))
        held = [queries.party_on(lift.pk, PartyRole.MAINTENANCE, day=day) for day in days]

        assert held == [None, first.pk, second.pk]

    def test_do_not_overlap(self, registrar):
        lift = a_lift(by=registrar)
        serve(lift, a_body(), from_on=date(2017, 3, 1))

        with pytest.raises(PartyOverlap):
            serve(lift, a_body(), from_on=date(2017, 3, 1))

    def test_decide_what_a_use_unit_sees(self, registrar):
        mine, foreign = a_lift(by=registrar), a_lift(by=registrar)
        unit = a_body()
        serve(mine, unit)
        manager = an_actor("use_unit", body=unit)

        assert queries.lift(mine.pk, by=manager).pk == mine.pk
        with pytest.raises(NotFound):
            queries.lift(foreign.pk, by=manager)


class TestUse:
    def change(self, lift, action, by):
        return actions.change_use(
            lift.pk, action, on=date(2017, 5, 1), reason="旧楼拆除", acting_body="使用单位", by=by
        )

    def test_keeps_reason_and_acting_body(self, registrar):
        lift = self.change(a_lift(by=registrar), UseAction.STOP, registrar)

        assert (lift.use_state, lift.use_state_reason, lift.use_state_body) == ("stopped", "旧楼拆除", "使用单位")

    def test_does_not_restart_what_is_dismantled(self, registrar):
        lift = self.change(a_lift(by=registrar), UseAction.DISMANTLE, registrar)

        with pytest.raises(ActionNotAllowed):
            self.change(lift, UseAction.RESTART, registrar)

    def test_is_told_in_the_life_of_the_lift(self, registrar):
        lift = self.change(a_lift(by=registrar), UseAction.STOP, registrar)

        assert [told.event for told in queries.timeline(lift)][-1] in ("lift.registered", "lift.use-stop")
        assert "lift.use-stop" in [told.event for told in queries.timeline(lift)]


class TestCoordinates:
    # 北京 in GCJ-02 lies some 500 m from the same pair read as WGS-84.
    POINT = {"longitude": Decimal("116.404"), "latitude": Decimal("39.915")}

    def test_are_converted_from_their_datum(self, registrar):
        lift = a_lift(by=registrar, **self.POINT, datum="GCJ02")

        assert lift.wgs84_longitude == pytest.approx(Decimal("116.39776"), abs=Decimal("0.0002"))
        assert lift.wgs84_latitude == pytest.approx(Decimal("39.91360"), abs=Decimal("0.0002"))

    def test_stay_as_they_are_in_cgcs2000(self, registrar):
        lift = a_lift(by=registrar, **self.POINT, datum="CGCS2000")

        assert lift.wgs84_longitude == self.POINT["longitude"]

    def test_are_refused_without_a_datum(self, registrar):
        with pytest.raises(BadInput, match="坐标系"):
            a_lift(by=registrar, **self.POINT)
