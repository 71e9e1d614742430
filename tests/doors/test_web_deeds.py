"""Every deed has its form: drawn from its fields, refused at the field, done once, leading to its subject."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liftwarden.casework.hazards import queries as hazard_queries
from liftwarden.casework.hazards.lifecycles import PROBLEM, State
from liftwarden.casework.hazards.models import Instruction, Problem
from liftwarden.casework.registry.models import Lift
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.web import buttons
from liftwarden.doors.web.deeds import CONSEQUENCES, OWN_PAGE
from liftwarden.doors.web.subjects import SUBJECTS
from liftwarden.ground.parties.permissions import roles
from tests.doors.visitor import a_visitor
from tests.doors.walks.seed import a_photo
from tests.factories import BINJIANG, ZHEJIANG, a_body, a_lift, a_post, a_problem, an_actor, serve, show_evidence

pytestmark = pytest.mark.django_db

LIFT = {
    "division": "330106",
    "variety": "2014:3110",
    "address": "文三路 8 号",
    "rescue_code": "７７８８９９",
    "place": "residential",
}
FINDING = {
    "category": "door",
    "cause": "ageing",
    "description": "层门锁失效",
    "grade": "order57:serious",
    "finder": "inspector",
}
MAKING = sorted(name for name, deed in deeds().items() if not deed.subject and name not in OWN_PAGE)
OF_PROBLEM = sorted(name for name, deed in deeds().items() if deed.subject == "problem" and name not in OWN_PAGE)
DANGEROUS = sorted(name for name, deed in deeds().items() if deed.danger)
DUPLICATE = {"kind": "duplicate", "reason": "重复"}


def who_may(name):
    """Name a role that may do a deed."""
    return next(code for code, role in roles().items() if deeds()[name].permission in role.permissions)


def key_of(page: str) -> str:
    return re.search(r'name="key" value="([^"]+)"', page)[1]


class TestEveryDeed:
    @pytest.mark.parametrize("name", sorted(deeds()))
    def test_has_a_page(self, name):
        deed = deeds()[name]

        assert name in OWN_PAGE or not deed.subject or deed.subject in SUBJECTS

    @pytest.mark.parametrize("name", DANGEROUS)
    def test_that_is_dangerous_states_its_consequence(self, name):
        assert CONSEQUENCES[name]

    @pytest.mark.parametrize("name", MAKING)
    def test_that_makes_something_draws_each_of_its_fields(self, name):
        said = a_visitor(who_may(name)).text(reverse(f"do-{name}"))

        paired = {"grade_scheme", "catalogue"}
        for field in set(deeds()[name].fields.model_fields) - paired:
            assert f'id="{field}"' in said


class TestRegisteringALift:
    def test_leads_to_the_lift_with_a_word_that_it_is_done(self):
        visitor = a_visitor("registrar")

        answer = visitor.post("/do/add-lift/", LIFT)

        lift = Lift.objects.get(rescue_code="778899")
        assert (answer.status_code, answer.url) == (303, f"/lifts/{lift.pk}/")
        assert (lift.catalogue, lift.variety) == ("2014", "3110")
        assert "已办理：登记电梯。" in visitor.text(answer.url)

    def test_sent_twice_under_one_key_registers_one_lift(self):
        visitor = a_visitor("registrar")
        key = key_of(visitor.text("/do/add-lift/"))

        answers = [visitor.post("/do/add-lift/", LIFT | {"key": key}) for _ in range(2)]

        assert answers[0].url == answers[1].url
        assert Lift.objects.filter(rescue_code="778899").count() == 1

    def test_shows_every_error_at_its_field_and_keeps_what_was_filled_in(self):
        answer = a_visitor("registrar").post("/do/add-lift/", LIFT | {"floors": "many", "made_on": "yesterday"})

        said = answer.content.decode()
        assert answer.status_code == 422
        assert answer.context["placed"][0].name in ("floors", "made_on")
        assert {one.name: one.error for one in answer.context["placed"]} == {
            "floors": "应为整数",
            "made_on": "日期应写成 2017-03-05",
        }
        assert 'value="文三路 8 号"' in said
        assert '<a href="#floors">' in said
        assert "错误：" in said.split("</title>")[0]

    def test_a_refusal_of_the_room_stands_at_the_field_it_is_about(self):
        answer = a_visitor("registrar").post("/do/add-lift/", LIFT | {"rescue_code": "12"})

        assert [one.name for one in answer.context["placed"]] == ["rescue_code"]

    def test_a_refusal_about_no_one_field_stands_above_the_form(self):
        answer = a_visitor("registrar").post("/do/add-lift/", LIFT | {"division": BINJIANG})

        assert answer.status_code == 403
        assert "无权" in answer.context["unplaced"][0]

    def test_an_amendment_starts_from_the_data_as_it_stands(self):
        lift = a_lift(address="文三路 77 号", catalogue="2014")

        said = a_visitor("registrar").text(f"/do/amend-lift/{lift.pk}/")

        assert 'value="文三路 77 号"' in said
        assert '<option value="2014:3110" selected>' in said


class TestWorkingAProblem:
    def test_is_filed_from_the_lift_and_leads_to_its_page(self):
        visitor, lift = a_visitor("inspector"), a_lift()

        answer = visitor.post(f"/do/open-problem/{lift.pk}/", FINDING)

        problem = Problem.objects.get(lift_id=lift.pk)
        assert (answer.status_code, answer.url) == (303, f"/problems/{problem.pk}/")
        assert (problem.grade_scheme, problem.grade) == ("order57", "serious")

    def test_several_are_put_on_one_instruction(self):
        visitor, unit = a_visitor("inspector"), a_body()
        lifts = [a_lift(), a_lift()]
        for lift in lifts:
            serve(lift, unit)
        problems = [a_problem(lift, by=an_actor("chief")) for lift in lifts]
        second = a_post("inspector")
        page = visitor.text("/do/instruct/?" + "&".join(f"problems={problem.pk}" for problem in problems))
        assert page.count(" checked>") == 2

        answer = visitor.post(
            "/do/instruct/",
            {
                "problems": [str(problem.pk) for problem in problems],
                "number": "监〔2026〕1",
                "second_officer": str(second.pk),
                "deadline_on": "2099-01-01",
                "demands": "立即整改",
                "legal_basis": "《特种设备安全法》第六十二条",
                "deadline_reason": "试验",
            },
        )

        instruction = Instruction.objects.get(number="监〔2026〕1")
        assert answer.url == f"/instructions/{instruction.pk}/"
        assert {p.state for p in Problem.objects.all()} == {"ordered"}

    def test_a_step_out_of_turn_is_refused_before_its_form_is_filled_in(self):
        problem = a_problem(by=an_actor("chief"))

        answer = a_visitor("chief").get(f"/do/close-problem/{problem.pk}/")

        assert answer.status_code == 409
        assert "当前状态是“已发现”" in answer.content.decode()

    def test_a_post_without_the_permission_gets_no_form(self):
        problem = a_problem(by=an_actor("chief"))

        assert a_visitor("statistician").get(f"/do/begin-rectification/{problem.pk}/").status_code == 403

    @pytest.mark.parametrize("name", OF_PROBLEM)
    def test_a_foreign_one_is_a_missing_one(self, name):
        problem = a_problem(a_lift(division=BINJIANG), by=an_actor("chief", division=ZHEJIANG))

        answer = a_visitor("chief").get(reverse(f"do-{name}", args=[problem.pk]))

        assert answer.status_code in (403, 404)
        assert problem.description not in answer.content.decode()

    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("role", ["inspector", "chief", "use_unit", "maintenance", "statistician"])
    def test_the_buttons_are_those_that_post_and_lifecycle_allow(self, state, role):
        problem = Problem(state=str(state), needs_certificate=True)
        actor = an_actor(role)

        offered = {button.deed.name for button in buttons.of_problem(problem, by=actor)}

        allowed = PROBLEM.allowed(state)
        of_problem = [deeds()[name] for name in OF_PROBLEM]
        wanted = {deed.name for deed in of_problem if actor.may(deed.permission) and deed.move in allowed}
        assert offered - {"instruct"} == wanted


class TestADangerousDeed:
    def test_asks_to_confirm_with_its_consequence_and_does_nothing_yet(self):
        problem = a_problem(by=an_actor("chief"))

        answer = a_visitor("chief").post(
            f"/do/correct-file/{problem.file_id}/", {"kind": "duplicate", "reason": "重复"}
        )

        assert CONSEQUENCES["correct-file"] in answer.content.decode()
        assert hazard_queries.file(problem.file_id, by=an_actor("chief")).corrected_at is None

    def test_is_done_once_confirmed(self):
        problem = a_problem(by=an_actor("chief"))
        told = DUPLICATE | {"confirmed": "1"}

        answer = a_visitor("chief").post(f"/do/correct-file/{problem.file_id}/", told)

        assert answer.status_code == 303
        assert hazard_queries.file(problem.file_id, by=an_actor("chief")).correction == "duplicate"

    def test_is_not_confirmed_with_errors_in_it(self):
        problem = a_problem(by=an_actor("chief"))

        answer = a_visitor("chief").post(f"/do/correct-file/{problem.file_id}/", {"kind": "duplicate"})

        assert answer.status_code == 422
        assert [one.name for one in answer.context["placed"]] == ["reason"]


class TestAForm:
    def test_asks_first_for_what_must_be_filled_in(self):
        fields = a_visitor("registrar").get("/do/add-lift/").context["inputs"]

        needed = [field.required for field in fields]
        assert needed == sorted(needed, reverse=True)
        assert [field.name for field in fields if field.required] == ["variety", "address", "division"]

    def test_used_again_with_other_words_gets_a_new_key_and_says_so(self):
        visitor = a_visitor("registrar")
        key = key_of(visitor.text("/do/add-lift/"))
        visitor.post("/do/add-lift/", LIFT | {"key": key})

        answer = visitor.post("/do/add-lift/", LIFT | {"key": key, "rescue_code": "665544"})

        assert answer.status_code == 422
        assert key_of(answer.content.decode()) != key
        assert Lift.objects.filter(rescue_code="665544").count() == 0


class TestEvidence:
    def test_is_uploaded_and_served_to_be_looked_at_and_never_run(self):
        visitor, problem = a_visitor("inspector"), a_problem(by=an_actor("chief"))
        photo = SimpleUploadedFile("现场.jpg", a_photo(), "image/jpeg")

        visitor.post(f"/problems/{problem.pk}/evidence/", {"data": photo, "kind": "before", "caption": "层门"})

        held = hazard_queries.evidence_of(problem)[0]
        answer = visitor.get(f"/evidence/{held.pk}/")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert "sandbox" in answer.headers["Content-Security-Policy"]

    def test_that_is_no_photo_is_refused_in_words(self):
        visitor, problem = a_visitor("inspector"), a_problem(by=an_actor("chief"))
        page = SimpleUploadedFile("a.jpg", b"<html><script>alert(1)</script>", "image/jpeg")

        answer = visitor.post(f"/problems/{problem.pk}/evidence/", {"data": page, "kind": "before"})

        assert answer.status_code == 422
        assert "不能接收" in answer.content.decode()
        assert hazard_queries.evidence_of(problem) == []

    def test_of_another_division_is_missing(self):
        problem = a_problem(a_lift(division=BINJIANG), by=an_actor("chief", division=ZHEJIANG))
        show_evidence(problem, by=an_actor("chief", division=ZHEJIANG))
        held = hazard_queries.evidence_of(problem)[0]

        assert a_visitor("inspector").get(f"/evidence/{held.pk}/").status_code == 404
