"""Remembers problem-lift files, the problems in them, orders, overlays, evidence, look-back and reminders."""

from liftwarden.casework.hazards.models.files import (
    BaselineFreeze,
    FileMove,
    FinderKind,
    Problem,
    ProblemFile,
    Standing,
)
from liftwarden.casework.hazards.models.look_back import GuaranteePeriod, LookBackPlan, LookBackVisit
from liftwarden.casework.hazards.models.overlays import Listing, ShutDown
from liftwarden.casework.hazards.models.papers import (
    Evidence,
    EvidenceKind,
    Instruction,
    InstructionItem,
    ServiceOutcome,
)
from liftwarden.casework.hazards.models.reminders import Reminder

__all__ = [
    "BaselineFreeze",
    "Evidence",
    "EvidenceKind",
    "FileMove",
    "FinderKind",
    "GuaranteePeriod",
    "Instruction",
    "InstructionItem",
    "Listing",
    "LookBackPlan",
    "LookBackVisit",
    "Problem",
    "ProblemFile",
    "Reminder",
    "ServiceOutcome",
    "ShutDown",
    "Standing",
]
