"""A lifecycle is one table: what it allows, what it refuses in words, what it draws."""

from itertools import product

import pytest

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.lifecycle import Lifecycle
from liftwarden.kernel.refusals import ActionNotAllowed, BadInput, NotFound, Refusal


class Light(Choice):
    RED = "red", "红灯"
    GREEN = "green", "绿灯"
    DARK = "dark", "熄灭"


class Turn(Choice):
    GO = "go", "放行"
    STOP = "stop", "停止"


TABLE = {(Light.RED, Turn.GO): Light.GREEN, (Light.GREEN, Turn.STOP): Light.RED}
LIGHTS = Lifecycle("信号灯", Light.RED, TABLE)


@pytest.mark.parametrize(("state", "action"), list(product(Light, Turn)))
class TestEveryStateAndAction:
    def test_moves_as_the_table_says_or_is_refused_in_words(self, state, action):
        if (state, action) in TABLE:
            assert LIGHTS.after(state, action) is TABLE[state, action]
            return

        with pytest.raises(ActionNotAllowed) as refused:
            LIGHTS.after(state, action)

        assert refused.value.words() == f"当前状态是“{state.label}”，不能执行“{action.label}”。"

    def test_is_allowed_exactly_if_the_table_has_it(self, state, action):
        assert (action in LIGHTS.allowed(state)) == ((state, action) in TABLE)


def test_a_state_without_steps_allows_nothing():
    assert LIGHTS.allowed(Light.DARK) == ()


def test_states_and_actions_are_those_of_the_sets_used_or_not():
    assert LIGHTS.states() == tuple(Light)
    assert LIGHTS.actions() == tuple(Turn)


def test_the_diagram_draws_every_step_and_names_every_state():
    drawn = LIGHTS.diagram().splitlines()

    assert drawn[:2] == ["stateDiagram-v2", "    [*] --> RED"]
    assert "    RED --> GREEN : 放行" in drawn
    assert {line.split(" : ")[1] for line in drawn if " : " in line and "-->" not in line} == {s.label for s in Light}


class TestChoice:
    def test_is_its_stored_value_and_has_a_label(self):
        assert (str(Light.RED), Light.RED == "red", Light.RED.label) == ("red", True, "红灯")

    def test_lists_its_values_in_order(self):
        assert Light.values() == ("red", "green", "dark")

    def test_an_unknown_value_is_refused(self):
        with pytest.raises(ValueError, match="blue"):
            Light("blue")


class TestRefusal:
    def test_fills_its_sentence(self):
        assert BadInput(field="层数", reason="不能为负").words() == "“层数”填写有误：不能为负。"

    def test_keeps_braces_of_a_sentence_without_facts(self):
        assert Refusal("写作 {x} 即可").words() == "写作 {x} 即可"

    def test_keeps_braces_that_came_with_a_fact(self):
        assert NotFound(what="{0}").words() == "没有找到{0}，或者它不在您的管辖范围内。"

    def test_carries_a_status_and_a_stable_code(self):
        assert (NotFound.status, NotFound.code, str(NotFound(what="电梯"))) == (
            404,
            "not_found",
            "没有找到电梯，或者它不在您的管辖范围内。",
        )
