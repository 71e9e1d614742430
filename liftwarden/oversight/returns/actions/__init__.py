"""The only writer of returns; callers write `returns.sign_off(...)`."""

from liftwarden.oversight.returns.actions.life import (
    ChangedSince,
    NotTheNewest,
    PeriodNotOver,
    RulesBroken,
    SecondPerson,
    Stands,
    TakenUp,
    approve,
    check,
    correct,
    save,
    send_back,
    sign_off,
    withdraw,
)
from liftwarden.oversight.returns.actions.pages import PageRefused, attach, detach

__all__ = [
    "ChangedSince",
    "NotTheNewest",
    "PageRefused",
    "PeriodNotOver",
    "RulesBroken",
    "SecondPerson",
    "Stands",
    "TakenUp",
    "approve",
    "attach",
    "check",
    "correct",
    "detach",
    "save",
    "send_back",
    "sign_off",
    "withdraw",
]
