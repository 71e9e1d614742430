"""The "no" that a user should read, and nothing else."""

from typing import Any, ClassVar


class Refusal(Exception):
    """A "no" in words.

    A subclass carries its sentence, in Simplified Chinese with named places, and a stable `code`.
    The facts that fill the places are given to the constructor; a door translates the sentence and fills it.
    A sentence given as the first argument stands in place of the subclass's own.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    sentence: ClassVar[str] = "不能这样做。"

    def __init__(self, sentence: str | None = None, **facts: Any) -> None:
        self.template = sentence if sentence is not None else self.sentence
        self.facts = facts
        super().__init__(self.words())

    def words(self) -> str:
        """Say the refusal in the source language."""
        return self.template.format(**self.facts) if self.facts else self.template


class NotYours(Refusal):
    """Who: no post of yours may do this here."""

    code = "not_yours"
    status = 403
    sentence = "您的岗位无权在该区划执行此操作（需要权限：{permission}）。"


class NotFound(Refusal):
    """A thing that is absent, or foreign, which must look the same."""

    code = "not_found"
    status = 404
    sentence = "没有找到{what}，或者它不在您的管辖范围内。"


class ActionNotAllowed(Refusal):
    """When: the lifecycle has no such step from here."""

    code = "action_not_allowed"
    status = 409
    sentence = "当前状态是“{state}”，不能执行“{action}”。"


class BadInput(Refusal):
    """Input that no rule can accept, with the field it came from."""

    code = "bad_input"
    status = 422
    sentence = "“{field}”填写有误：{reason}。"
