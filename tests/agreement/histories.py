"""Drives random lives of lifts through the public actions of the hazard ledger, and writes down the story for the referee.

A history is a few lifts of its own and the random choices of `Random("seed/number")`, so that each can be replayed alone:
`LIFTWARDEN_HISTORY=seed/number pytest tests/agreement/test_random_histories.py`. Histories advance in rounds, side by side
in one transaction, so that a snapshot taken between two rounds falls into the middle of every story.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.instructions import Order
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.models import EvidenceKind, Problem
from liftwarden.casework.hazards.rules import CorrectionKind
from liftwarden.casework.registry import actions as registry
from liftwarden.casework.registry.models import Lift, LiftParty
from liftwarden.casework.registry.rules import PartyRole, UseAction
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import SHANGHAI
from liftwarden.kernel.refusals import Refusal
from tests import factories

FIRST, NOW = datetime(2015, 1, 1, tzinfo=SHANGHAI), datetime(2018, 12, 20, tzinfo=SHANGHAI)
COUNTIES = ("330106", "330108", "330110", "320102", "320104")
CITIES = {"3301": "330100", "3201": "320100"}
CAUSES = ("ageing", "bridged")
STEPS = {
    "open": 5,
    "finish": 4,
    "begin": 3,
    "report": 2,
    "pass_recheck": 2,
    "fail_recheck": 1,
    "send_back": 1,
    "close": 2,
    "instruct": 1,
    "withdraw": 1,
    "dismantle": 1,
    "shut_down": 2,
    "renew": 1,
    "ask_to_unseal": 1,
    "refuse_unsealing": 1,
    "unseal": 2,
    "list": 3,
    "ask_to_delist": 2,
    "refuse_delisting": 1,
    "delist": 2,
    "transfer": 2,
    "correct": 1,
    "done_before": 1,
    "join": 1,
    "complete": 1,
}


@dataclass(frozen=True)
class Office:
    """Who acts in one city; the county's chief cannot take off what the city listed."""

    chief: Actor
    inspector: Actor
    county: Actor


@dataclass
class Cast:
    """Who acts, for every history of a run."""

    offices: dict[str, Office]
    use_unit: Actor
    orders: int = 0

    def of(self, division: str) -> Office:
        """Give the office of a county's city."""
        return self.offices[division[:4]]

    def number(self) -> int:
        """Give an order a number of its own."""
        self.orders += 1
        return self.orders


def a_cast() -> Cast:
    """Hire the cast: two cities' offices and a use unit."""
    offices = {
        start: Office(
            chief=factories.an_actor("chief", division=city, now=NOW),
            inspector=factories.an_actor("inspector", division=city, now=NOW),
            county=factories.an_actor("chief", division=next(c for c in COUNTIES if c.startswith(start)), now=NOW),
        )
        for start, city in CITIES.items()
    }
    return Cast(offices, use_unit=factories.an_actor("use_unit", division=factories.XIHU, now=NOW))


@dataclass
class History:
    """A few lifts and everything that is told of them, in the order in which it was learned."""

    seed: str
    cast: Cast
    lifts: list[Lift]
    rounds: int
    story: list[dict[str, Any]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.problems: dict[UUID, list[Problem]] = {lift.pk: [] for lift in self.lifts}
        self.labels: dict[UUID, str] = {}
        self.labels_of: dict[UUID, list[str]] = {lift.pk: [] for lift in self.lifts}
        self.gone: dict[UUID, bool] = {lift.pk: False for lift in self.lifts}
        self.live: dict[tuple[UUID, str], int] = {}

    # ---- choices ----------------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Try one random step; a refusal is a step too, and must leave nothing behind."""
        lift = self.random.choice(self.lifts)
        if not self.problems[lift.pk]:
            self._open(lift)
            return
        names = list(STEPS) if self.random.random() < 0.15 else self._likely(lift)
        name = self.random.choices(names, [STEPS[one] for one in names])[0]
        getattr(self, f"_{name}")(lift)

    def _likely(self, lift: Lift) -> list[str]:
        """Name the steps that something on the lift may be ready for, so that most are not refused."""
        states = {p.state for p in self.problems[lift.pk]}
        live = {kind for (file_id, kind) in self.live if file_id in {p.file_id for p in self.problems[lift.pk]}}
        ready = {
            "begin": states & {"found", "ordered"},
            "report": states & {"ordered", "rectifying"},
            "pass_recheck": states & {"reported"},
            "fail_recheck": states & {"reported"},
            "send_back": states & {"passed"},
            "close": states & {"passed"},
            "finish": states & {"found", "ordered"},
            "dismantle": states - {"closed", "withdrawn"},
            "instruct": states - {"closed", "withdrawn"},
            "withdraw": len(self.problems[lift.pk]) > 1,
            "shut_down": "shut_down" not in live,
            "list": "listed" not in live,
            **dict.fromkeys(("renew", "ask_to_unseal", "refuse_unsealing", "unseal"), "shut_down" in live),
            **dict.fromkeys(("ask_to_delist", "refuse_delisting", "delist"), "listed" in live),
            "done_before": "A1" in self.labels_of[lift.pk],
            # Behind a correction the tale goes on where it tells most: with another finding.
            "transfer": not self.gone[lift.pk],
            "join": {"A1", "F1"} <= set(self.labels_of[lift.pk]),
        }
        return [name for name in STEPS if ready.get(name, True)]

    def _moment(self, after: datetime | None = None) -> datetime:
        """A moment: mostly some weeks after what it follows, else any, with a liking for the edges of a month."""
        if after is not None and self.random.random() < 0.75:
            moment = after + timedelta(hours=self.random.choice((0, 1, 30, 300, 1200, 3000)))
        else:
            moment = FIRST + timedelta(hours=self.random.randrange(int((NOW - FIRST) / timedelta(hours=1)) + 200))
        if self.random.random() < 0.15:
            edge = moment.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            moment = edge - timedelta(microseconds=self.random.choice((0, 1)))
        return max(moment, after) if after is not None and self.random.random() < 0.7 else moment

    def _problem(self, lift: Lift) -> Problem:
        problems = self.problems[lift.pk]
        open_ones = [p for p in problems if p.ended_at is None]
        return self.random.choice(open_ones if open_ones and self.random.random() < 0.85 else problems)

    def _file(self, lift: Lift) -> Problem:
        """Any problem of a file: it names the file and where it stands."""
        return self.random.choice(self.problems[lift.pk])

    def _office(self, division: str) -> Office:
        """The office of a place; now and then the other one, for which all of it is missing."""
        offices = self.cast.offices
        return self.random.choice(list(offices.values())) if self.random.random() < 0.03 else self.cast.of(division)

    # ---- telling ----------------------------------------------------------------------------------------------------

    def attempt(self, act: Callable[[], Any], words: str) -> Any:
        """Act; give what came of it, or nothing where it was refused, and see that a refusal left no trace."""
        before = journal_end()
        try:
            result = act()
        except Refusal as refusal:
            assert journal_end() == before, f"{words} was refused and wrote: {self}"
            self.log.append(f"{words}: refused, {refusal.code}")
            self.refused[refusal.code] += 1
            return None
        self.log.append(words)
        self.done[words.split(" ", maxsplit=1)[0]] += 1
        return result

    def tell(self, kind: str, lift: Lift, moment: datetime, **more: Any) -> None:
        """Write a fact into the story."""
        self.story.append({"kind": kind, "lift": str(lift.pk), "moment": moment, **more})

    def __str__(self) -> str:
        return f"LIFTWARDEN_HISTORY={self.seed}\n" + "\n".join(f"  {line}" for line in self.log)

    # ---- problems ---------------------------------------------------------------------------------------------------

    def _open(self, lift: Lift) -> None:
        last = max((p.last_step_at for p in self.problems[lift.pk]), default=None)
        if self.gone[lift.pk] and self.random.random() < 0.5:
            last = None  # behind a corrected file an earlier finding is the case that tells
        at, cause = self._moment(last), self.random.choice(CAUSES)
        reason = self.random.choice(("", "补录：基准日漏报"))
        finding = factories.a_finding(at, cause=cause)
        division = lift.division_code
        problem = self.attempt(
            lambda: hazards.open_problem(lift.pk, finding, correction_reason=reason, by=self._office(division).chief),
            f"open {lift.pk.hex[-4:]} {at} {cause} {division}",
        )
        if problem is None:
            return
        self._take(lift, problem)

    def _take(self, lift: Lift, problem: Problem) -> None:
        """Take a new problem into the history: its file by name, the finding as a fact."""
        self.problems[lift.pk].append(problem)
        if problem.file_id not in self.labels:
            count = "F" if problem.file.cohort == "F" else "A"
            number = 1 + sum(1 for label in self.labels_of[lift.pk] if label[0] == count)
            self.labels[problem.file_id] = f"{count}{number}"
            self.labels_of[lift.pk].append(self.labels[problem.file_id])
        self.log[-1] += f" -> {self.labels[problem.file_id]}"
        self.tell(
            "found",
            lift,
            problem.found_at,
            problem=str(problem.pk),
            division=lift.division_code,
            cause=problem.cause,
        )

    def _step(self, lift: Lift, problem: Problem, name: str, at: datetime, **more: Any) -> bool:
        """Take one step of a problem's life and keep its row as the action gave it back."""
        changed = self.attempt(
            lambda: getattr(hazards, name)(problem.pk, at=at, **more),
            f"{name} {lift.pk.hex[-4:]}/{self.labels[problem.file_id]}/{problem.pk.hex[-4:]} {at}",
        )
        if changed is None:
            return False
        rows = self.problems[lift.pk]
        rows[next(i for i, p in enumerate(rows) if p.pk == problem.pk)] = changed
        kind = {"begin": "begun", "report": "begun", "close": "ended", "close_as_dismantled": "ended"}.get(name)
        if kind is not None or name == "withdraw":
            self.tell(kind or "withdrawn", lift, at, problem=str(problem.pk))
        return True

    def _one(self, lift: Lift, name: str, hand: str, **more: Any) -> None:
        problem = self._problem(lift)
        by = self.cast.use_unit if hand == "use_unit" else getattr(self._office(problem.division_code), hand)
        self._step(lift, problem, name, self._moment(problem.last_step_at), by=by, **more)

    def _begin(self, lift: Lift) -> None:
        self._one(lift, "begin", "inspector")

    def _report(self, lift: Lift) -> None:
        self._one(lift, "report", "use_unit", text="已更换")

    def _pass_recheck(self, lift: Lift) -> None:
        self._one(lift, "pass_recheck", self.random.choice(("inspector", "chief")))

    def _fail_recheck(self, lift: Lift) -> None:
        self._one(lift, "fail_recheck", "inspector", reason="仍不合格", deadline_on=date(2019, 1, 1))

    def _send_back(self, lift: Lift) -> None:
        self._one(lift, "send_back", "chief", reason="材料不全", deadline_on=date(2019, 1, 1))

    def _withdraw(self, lift: Lift) -> None:
        self._one(lift, "withdraw", "chief", reason="登记有误")

    def _close(self, lift: Lift) -> None:
        problem, hand = self._problem(lift), self.random.choice(("chief", "chief", "inspector"))
        if self.random.random() < 0.8:
            self._show(problem, EvidenceKind.LEDGER)
        by = getattr(self._office(problem.division_code), hand)
        self._step(lift, problem, "close", self._moment(problem.last_step_at), by=by)

    def _finish(self, lift: Lift) -> None:
        """Take a problem through all its steps, since a closed file is where the interesting things begin."""
        problem = self._problem(lift)
        office = self.cast.of(problem.division_code)
        self._show(problem, EvidenceKind.LEDGER)
        for name, more in (
            ("begin", {"by": office.inspector}),
            ("report", {"text": "已更换", "by": self.cast.use_unit}),
            ("pass_recheck", {"by": office.inspector}),
            ("close", {"by": office.chief}),
        ):
            now = next(p for p in self.problems[lift.pk] if p.pk == problem.pk)
            self._step(lift, now, name, self._moment(now.last_step_at), **more)

    def _show(self, problem: Problem, kind: EvidenceKind) -> None:
        factories.show_evidence(problem, kind, by=self.cast.of(problem.division_code).chief)

    def _instruct(self, lift: Lift) -> None:
        problem = self._problem(lift)
        at, office = self._moment(problem.last_step_at), self._office(problem.division_code)
        order = Order(
            number=f"监{self.cast.number()}",
            second_officer=office.inspector.post_id,
            deadline_on=date(2019, 1, 1),
            demands="限期整改",
            legal_basis="《特种设备安全法》第六十二条",
        )
        words = f"instruct {lift.pk.hex[-4:]}/{problem.pk.hex[-4:]} {at}"
        if self.attempt(lambda: hazards.instruct([problem.pk], order, at=at, by=office.chief), words):
            self._reload(lift)

    def _dismantle(self, lift: Lift) -> None:
        problem = self._problem(lift)
        self._show(problem, EvidenceKind.DEREGISTRATION)
        if self.random.random() < 0.7:
            by, on = self.cast.of(lift.division_code).chief, date(2018, 1, 1)
            self.attempt(
                lambda: registry.change_use(lift.pk, UseAction.DISMANTLE, on=on, reason="拆", acting_body="局", by=by),
                f"deregister {lift.pk.hex[-4:]}",
            )
        by, at = self._office(problem.division_code).chief, self._moment(problem.last_step_at)
        if self._step(lift, problem, "close_as_dismantled", at, by=by):
            gone = all(p.ended_at for p in self.problems[lift.pk] if p.file_id == problem.file_id)
            if gone and (problem.file_id, "shut_down") in self.live:  # nothing is left that a seal could be on
                self.tell("unsealed", lift, at, order=self.live.pop((problem.file_id, "shut_down")))

    # ---- what lies over a file --------------------------------------------------------------------------------------

    def _overlay(
        self, lift: Lift, name: str, hand: str, *given: Any, imposes: str = "", lifts: str = "", **more: Any
    ) -> None:
        chosen = self._file(lift)
        file_id, office = chosen.file_id, self._office(chosen.division_code)
        by = self.cast.use_unit if hand == "use_unit" else getattr(office, hand)
        rows = [p for p in self.problems[lift.pk] if p.file_id == file_id]
        at = self._moment(self.random.choice([p.found_at for p in rows]))
        words = f"{name} {lift.pk.hex[-4:]}/{self.labels[file_id]} {at}"
        if self.attempt(lambda: getattr(hazards, name)(file_id, *given, at=at, by=by, **more), words) is None:
            return
        if imposes:
            self.live[file_id, imposes] = self.cast.number()
            self.tell(imposes, lift, at, file=self.labels[file_id], order=self.live[file_id, imposes])
        if lifts:
            kind = {"unsealed": "shut_down", "delisted": "listed"}[lifts]
            self.tell(lifts, lift, at, order=self.live.pop((file_id, kind)))

    def _shut_down(self, lift: Lift) -> None:
        order = SealOrder(f"封{self.cast.number()}", "《特种设备安全法》第六十一条", "监察机构", date(2019, 6, 1))
        self._overlay(lift, "shut_down", "chief", order, imposes="shut_down")

    def _renew(self, lift: Lift) -> None:
        self._overlay(lift, "renew_shut_down", "chief", expires_on=date(2019, 12, 1), reason="未整改")

    def _ask_to_unseal(self, lift: Lift) -> None:
        self._overlay(lift, "ask_to_unseal", "use_unit", reason="已整改")

    def _refuse_unsealing(self, lift: Lift) -> None:
        self._overlay(lift, "refuse_unsealing", "chief", reason="未整改")

    def _unseal(self, lift: Lift) -> None:
        self._overlay(lift, "unseal", "chief", reason="已整改", lifts="unsealed")

    def _list(self, lift: Lift) -> None:
        order = ListingOrder("分管副县长", date(2019, 6, 1), "fund")
        self._overlay(lift, "list_for_supervision", "chief", order, imposes="listed")

    def _ask_to_delist(self, lift: Lift) -> None:
        self._overlay(lift, "ask_to_delist", "inspector", reason="已整改")

    def _refuse_delisting(self, lift: Lift) -> None:
        self._overlay(lift, "refuse_delisting", "chief", reason="未整改")

    def _delist(self, lift: Lift) -> None:
        hand = self.random.choice(("chief", "chief", "chief", "county"))
        if self.random.random() < 0.7:  # it comes off only when asked for
            self._ask_to_delist(lift)
        self._overlay(lift, "delist", hand, reason="已整改", lifts="delisted")

    def _transfer(self, lift: Lift) -> None:
        division, by = self.random.choice(COUNTIES), self._office(lift.division_code).chief
        at = self._moment(self.problems[lift.pk][0].found_at)
        moved = self.attempt(
            lambda: hazards.transfer_lift(lift.pk, division=division, reason="区划调整", at=at, by=by),
            f"transfer {lift.pk.hex[-4:]} {at} {division}",
        )
        if moved is None:
            return
        lift.division_code = division
        for file in moved:
            if file.pk in self.labels:
                self.tell("transferred", lift, at, file=self.labels[file.pk], division=division)
        self._reload(lift)

    # ---- corrections ------------------------------------------------------------------------------------------------

    def _correct(self, lift: Lift) -> None:
        chosen = self._file(lift)
        kind = self.random.choice((CorrectionKind.DUPLICATE, CorrectionKind.NEVER_A_LIFT, CorrectionKind.ADDED))
        at, by = self._moment(chosen.found_at), self._office(chosen.division_code).chief
        label = self.labels[chosen.file_id]
        words = f"correct {lift.pk.hex[-4:]}/{label} {at} {kind}"
        if self.attempt(lambda: hazards.correct(chosen.file_id, kind, reason="核实", at=at, by=by), words):
            self.tell("corrected", lift, at, file=label)
            self.gone[lift.pk] = True
            self._reload(lift)

    def _done_before(self, lift: Lift) -> None:
        """Say of a file of A that it had been completed in time; what was found later and is open is told anew."""
        chosen = self._file(lift)
        at, by = self._moment(chosen.found_at), self._office(chosen.division_code).chief
        completed = self._moment(chosen.found_at)
        label = self.labels[chosen.file_id]
        if self.attempt(
            lambda: hazards.correct_as_done_before(chosen.file_id, completed_at=completed, reason="核实", at=at, by=by),
            f"done_before {lift.pk.hex[-4:]}/{label} {at} completed {completed}",
        ):
            self.tell("corrected", lift, at, file=label)
            self.gone[lift.pk] = True
            self._reload(lift)
            self._tell_new(lift)

    def _join(self, lift: Lift) -> None:
        chosen = self._file(lift)
        at, by = self._moment(chosen.found_at), self._office(chosen.division_code).chief
        label = self.labels[chosen.file_id]
        words = f"join {lift.pk.hex[-4:]}/{label} {at}"
        target = self.attempt(lambda: hazards.join_baseline(chosen.file_id, reason="补录", at=at, by=by), words)
        if target is None:
            return
        self.tell("joined", lift, at, file=label, into=self.labels[target.pk])
        for kind in ("shut_down", "listed"):
            if (chosen.file_id, kind) in self.live:
                self.live[target.pk, kind] = self.live.pop((chosen.file_id, kind))
        self._reload(lift)

    def _complete(self, lift: Lift) -> None:
        """File a look-back object, found and completed in the campaigns: it has no cell, so nothing is told of it."""
        at = self._moment(FIRST + timedelta(days=self.random.randrange(700)))
        by, finding = self._office(lift.division_code).chief, factories.a_finding(at, cause=self.random.choice(CAUSES))
        done = self._moment(at)
        self.attempt(
            lambda: hazards.file_completed(lift.pk, finding, completed_at=done, by=by),
            f"complete {lift.pk.hex[-4:]} {at} {done}",
        )

    def _tell_new(self, lift: Lift) -> None:
        known = {p.pk for p in self.problems[lift.pk]}
        for problem in Problem.objects.filter(lift_id=lift.pk).exclude(file__cohort="frame").order_by("id"):
            if problem.pk not in known:
                self._take(lift, problem)

    def _reload(self, lift: Lift) -> None:
        ids = [p.pk for p in self.problems[lift.pk]]
        found = {p.pk: p for p in Problem.objects.filter(pk__in=ids)}
        self.problems[lift.pk] = [found[pk] for pk in ids]


def journal_end() -> int:
    """The number of the last entry."""
    from liftwarden.ground.journal.models import Entry

    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def some_histories(seeds: list[str], cast: Cast) -> list[History]:
    """Set up histories, one for each seed, their lifts registered in bulk."""
    plans = []
    for seed in seeds:
        random = Random(f"{seed}/plan")
        count = random.choice((1, 1, 2))
        plans.append((seed, [_a_row(random.choice(COUNTIES)) for _ in range(count)], random.randint(3, 8)))
    rows = [lift for _, lifts, _ in plans for lift in lifts]
    hand = replace(cast.use_unit.hand, now=datetime(2015, 1, 1, tzinfo=UTC))
    journal.create_rows(rows, "lift.registered", by=hand)
    parties = [
        LiftParty(lift=lift, body_id=cast.use_unit.body_id, role=PartyRole.USE_UNIT, from_on=date(2015, 1, 1))
        for lift in rows
    ]
    journal.create_rows(parties, "lift.party-began", by=hand)
    return [History(seed, cast, lifts, rounds) for seed, lifts, rounds in plans]


def _a_row(division: str) -> Lift:
    values = registry.normalised({"variety": "3110", "rescue_code": "123456", "address": "文三路"})
    return Lift(**values, division_code=division, use_state="in_use", home_node="local")
