"""Search: number first, then words of one or two characters, then pinyin initials; only within reach."""

import pytest

from liftwarden.casework.registry import queries
from tests.factories import BINJIANG, JIANGSU, XIHU, ZHEJIANG, a_lift, an_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def registrar():
    return an_actor("registrar", division=ZHEJIANG)


@pytest.fixture
def happy(registrar):
    return a_lift(by=registrar, rescue_code="070701", estate="幸福小区", address="文三路100号幸福小区1号梯")


class TestFound:
    @pytest.mark.parametrize("typed", ["幸", "幸福", "幸福小", "文三 100", "xfxq", "XFXQ", "wsl100", "070701", "0707"])
    def test_finds_a_lift_by(self, happy, registrar, typed):
        a_lift(by=registrar, rescue_code="990099", estate="阳光花园", address="解放路9号")

        assert [lift.pk for lift in queries.found(typed, by=registrar)] == [happy.pk]

    @pytest.mark.parametrize("typed", ["cyhy", "zyhy"])
    def test_finds_either_reading_of_a_polyphone(self, registrar, typed):
        lift = a_lift(by=registrar, estate="朝阳花园", address="人民路1号")

        assert [one.pk for one in queries.found(typed, by=registrar)] == [lift.pk]

    def test_puts_an_exact_number_before_words(self, registrar):
        by_words = a_lift(by=registrar, rescue_code="200002", address="环城路100001号")
        by_number = a_lift(by=registrar, rescue_code="100001", address="文三路1号")

        assert [lift.pk for lift in queries.found("100001", by=registrar)] == [by_number.pk, by_words.pk]

    def test_needs_every_word(self, happy, registrar):
        assert queries.found("幸福 滨江", by=registrar) == []

    def test_finds_nothing_for_nothing(self, happy, registrar):
        assert queries.found("　 ", by=registrar) == []

    @pytest.mark.parametrize("typed", ["070701", "0707", "幸福", "xfxq"])
    @pytest.mark.parametrize("division", [BINJIANG, JIANGSU])
    def test_stays_within_reach(self, happy, typed, division):
        assert queries.found(typed, by=an_actor("chief", division=division)) == []

    def test_goes_with_an_amended_address(self, happy, registrar):
        from liftwarden.casework.registry import actions

        actions.amend(happy.pk, {"estate": "和睦新村", "address": "湖滨路1号"}, by=registrar)

        assert (queries.found("幸福", by=registrar), len(queries.found("hmxc", by=registrar))) == ([], 1)

    def test_goes_with_a_lift_that_moves(self, happy, registrar):
        from datetime import date

        from liftwarden.casework.registry import actions

        actions.move_to_division(happy.pk, division=BINJIANG, on=date(2017, 6, 1), reason="区划调整", by=registrar)

        assert queries.found("幸福", by=an_actor("chief", division=XIHU)) == []
