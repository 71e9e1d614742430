"""A folded row is written through the journal and through nothing else."""

import pytest

from liftwarden.kernel import declared
from tests.promises.source import Module, module, modules
from tests.promises.writers import Reader, Write

JOURNAL = "liftwarden.ground.journal"

# Calls whose receiver cannot be told from the source, (path, call), with the reason why it is no folded row.
UNTOLD: dict[tuple[str, str], str] = {}
# Writes of folded rows beside the journal's own functions, (module, call), with the reason; each records its entries
# by `record_many` in the same transaction, and a test of its room ends in `verify()`.
IN_BULK = {
    ("liftwarden.casework.registry.importing.actions", "Lift.objects.filter(pk__in=keys).update"): (
        "gives up an import's numbers, the same four columns of a whole block, entries first"
    ),
}
# SQL that writes, by the module it stands in, with the reason.
RAW = {
    "liftwarden.casework.registry.importing.publishing": (
        "amends lifts by the prepared statement, 2,000 rows a block, with their entries in the same transaction"
    ),
}


def outside() -> list[Module]:
    """List the modules that are not the journal itself."""
    return [one for one in modules() if not one.name.startswith(JOURNAL)]


def wrong(one: Module) -> list[Write]:
    """List the writes of a module to folded rows, and those whose row cannot be told."""
    folded = {fold.model for fold in declared.folds()}
    return [
        write
        for write in Reader(one).writes()
        if (write.model in folded and (one.name, write.call) not in IN_BULK)
        or (write.model is None and (one.path, write.call) not in UNTOLD)
    ]


class TestSource:
    def test_no_one_but_the_journal_writes_a_folded_row(self):
        found = [f"{write.where} {write.call} → {write.model}" for one in outside() for write in wrong(one)]

        assert found == [], (
            "write it through journal.actions, or, if it is no folded row, name it in UNTOLD with the reason"
        )

    def test_no_one_but_the_journal_writes_sql(self):
        found = [line for one in outside() if one.name not in RAW for line in Reader(one).sql()]

        assert found == [], "write through the room's actions, or name the module in RAW with the reason"

    def test_every_named_exception_is_still_needed(self):
        found = {(one.name, write.call) for one in outside() for write in Reader(one).writes()}
        raw = {one.name for one in outside() if any(Reader(one).sql())}

        assert (set(IN_BULK) - found, set(RAW) - raw) == (set(), set())

    def test_writes_to_exempt_rows_are_told_apart(self):
        found = {write.model.__name__ for one in outside() for write in Reader(one).writes() if write.model}

        assert {"Receipt", "Person", "SearchText"} <= found

    @pytest.mark.parametrize(
        "text",
        [
            "from liftwarden.casework.registry.models import Lift\nLift.objects.create(variety='3110')",
            "from liftwarden.casework.registry.models import Lift\nLift.objects.filter(pk=1).update(address='x')",
            "from liftwarden.casework.registry.models import Lift\nLift.objects.filter(pk=1).delete()",
            "from liftwarden.casework.registry.models import Lift\nLift.objects.all().delete()",
            "from liftwarden.casework.registry.models import Lift\ndef f():\n    row = Lift(variety='3110')\n    row.save()",
            "from liftwarden.casework.registry.models import Lift\ndef f(lift: Lift):\n    lift.save(update_fields=['address'])",
            "from liftwarden.casework.registry.models import Lift\ndef f():\n    for lift in Lift.objects.all():\n        lift.delete()",
            "from liftwarden.casework.registry import models\nmodels.Lift.objects.bulk_create([])",
            "from liftwarden.ground.parties.models import Post\nq = Post.objects.filter(pk=1)\nq.update(role='chief')",
            "from liftwarden.ground.journal.bulk import insert_rows\nfrom liftwarden.ground.parties import models as m\ninsert_rows(m.Body, [])",
            "def f(anything):\n    anything.save()",
            "def f(query):\n    query.filter(pk=1).update(state='closed')",
        ],
    )
    def test_a_writer_past_the_journal_would_be_found(self, text):
        assert wrong(module(text))

    @pytest.mark.parametrize(
        "text",
        [
            "from liftwarden.doors.threshold.models import Receipt\nReceipt.objects.create(key='x')",
            "told = {}\ntold.update(a=1)",
            "def f(image, file):\n    image.save(file, 'PNG')",
            "from liftwarden.ground.journal import actions as journal\njournal.create(1, 'x')",
        ],
    )
    def test_who_writes_no_folded_row_is_left_alone(self, text):
        assert wrong(module(text)) == []

    @pytest.mark.parametrize("text", ["x = 'UPDATE registry_lift SET address = 1'", "x = f'DELETE FROM {table}'"])
    def test_raw_sql_would_be_found(self, text):
        assert list(Reader(module(text)).sql())
