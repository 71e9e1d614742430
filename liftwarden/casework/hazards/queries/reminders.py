"""What the clock has raised and nobody has settled."""

from uuid import UUID

from django.db.models import Count, QuerySet

from liftwarden.casework.hazards.models import Reminder
from liftwarden.casework.hazards.overdue import Rising
from liftwarden.casework.registry import queries as registry
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import NotFound

# A use unit is told what it must do itself; how the office is late is not its page's business.
FOR_USE_UNITS = (Rising.RECTIFICATION, Rising.SHUT_DOWN_NEAR, Rising.SHUT_DOWN_OVER)


def reminders(by: Actor) -> "QuerySet[Reminder]":
    """Give the live reminders for an actor, those that rose highest first, then the oldest due.

    An official sees what has been raised to the own division or one below; a use unit or firm what concerns its lifts.
    """
    live = Reminder.objects.filter(settled_at__isnull=True).order_by("-level", "due_on", "id")
    if not by.may(Permission.HAZARD_READ):
        return live.none()
    if by.role.side == "division":
        return live.filter(to_division__in=by.codes)
    return live.filter(level=0, kind__in=FOR_USE_UNITS, lift_id__in=registry.visible(by).values("pk"))


def reminder_counts(by: Actor) -> dict[str, int]:
    """Count live reminders by kind, each subject once however high it rose; kinds without any are 0."""
    counted = (
        reminders(by).order_by().values("kind").annotate(n=Count("subject_id", distinct=True)).values_list("kind", "n")
    )
    return dict.fromkeys(Rising.values(), 0) | dict(counted)


def reminder_to_change(reminder_id: UUID, *, by: Actor) -> Reminder:
    """Give one live reminder, locked.

    Raises:
        NotFound: if there is none within reach.

    """
    found = reminders(by).select_for_update(of=("self",)).filter(pk=reminder_id).first()
    if found is None:
        raise NotFound(what="提醒")
    return found
