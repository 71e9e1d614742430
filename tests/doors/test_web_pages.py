"""Pages show what is within reach, and nothing else; each is there for those who may see it."""

from datetime import date

import pytest
from django.test import Client

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties.queries import post_labels
from tests.doors.visitor import a_visitor
from tests.factories import BINJIANG, a_body, a_lift, a_problem, an_actor, an_order, day, node, serve

pytestmark = pytest.mark.django_db


def name_of(post_id):
    """Name the person of a post as officials read it."""
    return post_labels([post_id])[post_id].split("（")[0]


class TestWithoutSigningIn:
    @pytest.mark.parametrize(
        "address", ["/", "/lifts/", "/worklist/", "/instructions/", "/look-back/", "/do/add-lift/"]
    )
    def test_every_page_leads_to_the_sign_in(self, address):
        answer = Client().get(address)

        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")

    def test_the_sign_in_says_why_it_failed(self):
        answer = Client().post("/accounts/login/", {"login": "nobody", "password": "wrong"})

        said = answer.content.decode()
        assert "没有登录成功" in said
        assert "错误：" in said.split("<title>")[1].split("</title>")[0]

    def test_nobody_signs_up_by_themselves(self):
        assert "不开放注册" in Client().get("/accounts/signup/").content.decode()

    def test_an_unknown_page_is_told_in_words(self):
        answer = Client().get("/nowhere/")

        assert answer.status_code == 404
        assert "没有这个页面" in answer.content.decode()


class TestTheLiftPage:
    def test_shows_numbers_parties_files_and_problems(self):
        visitor = a_visitor("inspector")
        lift, unit = a_lift(rescue_code="654321"), a_body(name="翠苑物业")
        serve(lift, unit)
        problem = a_problem(lift, by=an_actor("chief"))

        said = visitor.text(f"/lifts/{lift.pk}/")

        assert all(word in said for word in ("654321", "翠苑物业", problem.description, "“回头看”新发现（F）", "H ·"))

    def test_a_foreign_lift_is_a_missing_lift(self):
        lift = a_lift(division=BINJIANG)

        answer = a_visitor("inspector").get(f"/lifts/{lift.pk}/")

        assert answer.status_code == 404
        assert "没有找到电梯" in answer.content.decode()

    def test_its_timeline_tells_every_party_by_name_from_its_day(self):
        visitor, lift = a_visitor("inspector"), a_lift()
        serve(lift, a_body(name="安梯维保"), PartyRole.MAINTENANCE)

        said = visitor.text(f"/lifts/{lift.pk}/timeline/")

        assert all(word in said for word in ("登记电梯", "相关单位开始任职", "安梯维保", "2015-01-01"))

    def test_its_timeline_hides_the_ledger_from_a_post_that_may_not_read_it(self):
        lift = a_lift()
        problem = a_problem(lift, by=an_actor("chief"))

        said = a_visitor("registrar").text(f"/lifts/{lift.pk}/timeline/")

        assert problem.description not in said


class TestTheSearch:
    def test_a_number_finds_its_lift(self):
        visitor, lift = a_visitor("inspector"), a_lift(rescue_code="112233")

        said = visitor.text("/lifts/?q=112233")

        assert f"/lifts/{lift.pk}/" in said

    def test_htmx_gets_the_very_partial_that_the_page_includes(self):
        visitor = a_visitor("inspector")
        a_lift(rescue_code="112233")

        part = visitor.get("/lifts/?q=112233", headers={"HX-Request": "true"}).content.decode()

        assert "<html" not in part
        assert part.strip() in visitor.text("/lifts/?q=112233")

    def test_nothing_found_says_what_to_do_next(self):
        assert "可以改用应急救援识别码" in a_visitor("inspector").text("/lifts/?q=999999")


class TestTheWorkList:
    def test_a_tile_opens_to_as_many_lines_as_it_shows(self):
        visitor, chief = a_visitor("inspector"), an_actor("chief")
        for _ in range(3):
            a_problem(by=chief)
        reported = a_problem(by=chief)
        hazards.report(hazards.begin(reported.pk, at=day("2017-02-02"), by=chief).pk, text="好", at=chief.now, by=chief)

        tiles = {tile.label: tile for tile in visitor.get("/").context["tiles"]}

        for tile in tiles.values():
            assert visitor.get(tile.url).context["total"] == tile.figure
        assert tiles["待下达指令"].figure == 3

    def test_the_filter_in_the_address_narrows_it(self):
        visitor, chief = a_visitor("inspector"), an_actor("chief")
        door, traction = a_problem(by=chief), a_problem(by=chief, category="traction", description="曳引轮磨损")

        said = visitor.text("/worklist/?category=traction")

        assert f"/problems/{traction.pk}/" in said
        assert f"/problems/{door.pk}/" not in said

    def test_values_that_are_none_of_ours_narrow_nothing(self):
        visitor = a_visitor("inspector")
        problem = a_problem(by=an_actor("chief"))

        assert f"/problems/{problem.pk}/" in visitor.text("/worklist/?state=moon&category=sun&page=minus&cohort=Z")

    def test_it_prints_as_a_round_sheet_in_order_of_address(self):
        visitor, chief = a_visitor("inspector"), an_actor("chief")
        far = a_problem(a_lift(address="文三路 900 号"), by=chief, description="远的")
        near = a_problem(a_lift(address="文三路 100 号"), by=chief, description="近的")

        said = visitor.text(f"/worklist/round-sheet/?problems={far.pk}&problems={near.pk}")

        assert 0 < said.index("近的") < said.index("远的")


class TestTheProblemAndItsFile:
    def test_the_file_says_its_letter_and_why(self):
        problem = a_problem(by=an_actor("chief"))

        said = a_visitor("chief").text(f"/files/{problem.file_id}/")

        assert "<b>H</b>" in said
        assert "正在整改中（尚未动工）" in said

    def test_only_officials_are_told_who_did_a_thing(self):
        unit, lift = a_body(), a_lift()
        serve(lift, unit)
        chief = an_actor("chief")
        problem = a_problem(lift, by=chief)
        name = name_of(chief.post_id)

        assert name in a_visitor("inspector").text(f"/problems/{problem.pk}/")
        assert name not in a_visitor("use_unit", body=unit).text(f"/problems/{problem.pk}/")

    def test_another_unit_does_not_see_it(self):
        problem = a_problem(by=an_actor("chief"))

        assert a_visitor("use_unit").get(f"/problems/{problem.pk}/").status_code == 404


class TestTheInstruction:
    def test_the_printed_sheet_names_both_officers_every_lift_and_the_deadline(self):
        chief, lift, unit = an_actor("chief"), a_lift(rescue_code="445566"), a_body(name="翠苑物业")
        serve(lift, unit)
        problem = a_problem(lift, by=chief)
        order = an_order(chief, number="监〔2017〕88")
        instruction = hazards.instruct([problem.pk], order, at=day("2017-02-02"), by=chief)

        said = a_visitor("inspector").text(f"/instructions/{instruction.pk}/sheet/")

        officers = (name_of(chief.post_id), name_of(order.second_officer))
        for word in ("监〔2017〕88", "445566", "翠苑物业", "2017-12-31", problem.description, *officers):
            assert word in said

    def test_the_use_unit_sees_it_on_its_first_page_until_it_has_acknowledged(self):
        chief, lift, unit = an_actor("chief"), a_lift(), a_body()
        serve(lift, unit)
        instruction = hazards.instruct([a_problem(lift, by=chief).pk], an_order(chief), at=day("2017-02-02"), by=chief)
        visitor = a_visitor("use_unit", body=unit)
        assert f"/do/acknowledge/{instruction.pk}/" in visitor.text("/")

        visitor.post(f"/do/acknowledge/{instruction.pk}/")

        assert f"/do/acknowledge/{instruction.pk}/" not in visitor.text("/")


class TestEachRole:
    @pytest.mark.parametrize(
        "role", ["inspector", "chief", "registrar", "statistician", "administrator", "use_unit", "maintenance"]
    )
    def test_has_a_first_page(self, role):
        assert "<h1>" in a_visitor(role).text("/")

    def test_a_person_of_two_posts_may_act_under_the_other(self):
        visitor = a_visitor("inspector")
        other = parties.appoint(
            visitor.actor.person_id,
            role="registrar",
            body_id=visitor.actor.body_id,
            division=visitor.actor.division,
            from_on=date(2016, 1, 1),
            by=node(),
        )

        visitor.post("/act-as/", {"post": str(other.pk)})

        assert "<strong>使用登记员</strong>" in visitor.text("/")

    def test_nobody_acts_under_anothers_post(self):
        visitor, other = a_visitor("inspector"), an_actor("chief")

        assert visitor.post("/act-as/", {"post": str(other.post_id)}).status_code == 404
        assert "<strong>安全监察员</strong>" in visitor.text("/")
