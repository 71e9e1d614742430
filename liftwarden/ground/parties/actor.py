"""Who acts: one post, through one door, at one moment."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.parties.permissions import Permission, Role
from liftwarden.kernel.refusals import NotYours


@dataclass(frozen=True)
class Actor:
    """A person acting under one post.

    `codes` are the divisions the post reaches (every code at or below its own); a use unit's or firm's post reaches
    its body's lifts, wherever they stand, and has no codes.
    """

    post_id: UUID
    person_id: UUID
    login: str
    role: Role
    body_id: UUID
    division: str
    channel: str
    now: datetime

    @property
    def hand(self) -> Hand:
        """What the journal needs to know of the actor."""
        return Hand(self.post_id, self.channel, self.now)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The divisions within reach."""
        return divisions.tree().below(self.division) if self.role.side == "division" else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether the role grants a permission at all."""
        return permission in self.role.permissions

    def must(self, permission: Permission, *, at: str) -> None:
        """Insist on a permission in a division.

        Raises:
            NotYours: if the role lacks it, or an official's post does not reach the division.
        """
        if not self.may(permission) or (self.role.side == "division" and at not in self.codes):
            raise NotYours(permission=permission.label)
