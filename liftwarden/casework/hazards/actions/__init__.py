"""The only writer of the hazard ledger; callers write `hazards.close(...)`."""

from liftwarden.casework.hazards.actions.baseline import correct, freeze_baseline, transfer
from liftwarden.casework.hazards.actions.instructions import acknowledge, instruct, record_service
from liftwarden.casework.hazards.actions.listings import ask_to_delist, delist, escalate, list_for_supervision, refuse_delisting
from liftwarden.casework.hazards.actions.opening import open_problem
from liftwarden.casework.hazards.actions.shut_downs import ask_to_unseal, refuse_unsealing, renew_shut_down, shut_down, unseal
from liftwarden.casework.hazards.actions.steps import (
    ask_extension,
    begin,
    certify,
    close,
    close_as_dismantled,
    extend,
    fail_recheck,
    note_no_access,
    note_nobody_to_serve,
    pass_recheck,
    refer_for_penalty,
    report,
    send_back,
    withdraw,
)

__all__ = [
    "acknowledge",
    "ask_extension",
    "ask_to_delist",
    "ask_to_unseal",
    "begin",
    "certify",
    "close",
    "close_as_dismantled",
    "correct",
    "delist",
    "escalate",
    "extend",
    "fail_recheck",
    "freeze_baseline",
    "instruct",
    "list_for_supervision",
    "note_no_access",
    "note_nobody_to_serve",
    "open_problem",
    "pass_recheck",
    "record_service",
    "refer_for_penalty",
    "refuse_delisting",
    "refuse_unsealing",
    "renew_shut_down",
    "report",
    "send_back",
    "shut_down",
    "transfer",
    "unseal",
    "withdraw",
]
