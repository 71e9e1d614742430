"""Closed sets of values, each with the word a person reads."""

from enum import Enum
from typing import Self


class Choice(str, Enum):
    """A value with a label, in Simplified Chinese.

    Declare members as `NAME = "value", "标签"`.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def values(cls) -> tuple[str, ...]:
        """List the stored values, in order of declaration."""
        return tuple(str(member.value) for member in cls)
