"""The world of the leak test: one plot of lifts, bodies, people and cases in each division, full of canaries.

Every plot's strings carry its own token, which stands nowhere else; every row's key is known. A byte of one plot in an
answer to someone who may not see it is a leak, and each plot's own token must come back to those who may.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from pypdf import PdfWriter

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.instructions import Order
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.look_back import Plan
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.models import Evidence, EvidenceKind, LookBackVisit, Reminder
from liftwarden.casework.registry import actions as registry
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as party_queries
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import BodyKind, Post
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import actions as returns
from liftwarden.oversight.returns.content import Told
from tests.factories import a_finding, day, node

NOW = datetime(2017, 7, 3, 4, 0, tzinfo=UTC)
BEGAN = date(2015, 1, 1)

# Every place of the test by its division: a prefecture, what lies over, under and beside it.
PLACES = {
    "nation": "000000",
    "zhejiang": "330000",
    "hangzhou": "330100",
    "neighbour": "330100",  # the same division, another use unit and another firm
    "xihu": "330106",
    "ningbo": "330200",
    "jiangsu": "320000",
}
ABOVE_OTHERS = ("nation", "zhejiang", "hangzhou", "neighbour")
ROLES = ("inspector", "chief", "registrar", "statistician", "administrator")


@dataclass
class Plot:
    """What stands in one place."""

    name: str
    division: str
    token: str
    keys: dict[str, UUID] = field(default_factory=dict)
    more_keys: list[UUID] = field(default_factory=list)
    personal: list[str] = field(default_factory=list)
    digest: str = ""

    @property
    def phones(self) -> list[str]:
        """The phone numbers of its people: the one kind of canary that does not hold the token."""
        return [text for text in self.personal if text.isdigit()]

    def said(self, what: str) -> str:
        """Make a string that nobody else has."""
        return f"{what}{self.token}"

    def marks(self) -> set[str]:
        """List every text that may be seen by none but those who reach the plot; keys in both spellings."""
        # A guarantee period binds everyone below it, who are told of it.
        told_below = {"period"} if self.name in ABOVE_OTHERS else set()
        keys = {key for name, key in self.keys.items() if name not in told_below} | set(self.more_keys)
        return {self.token, *self.phones, *(str(key) for key in keys), *(key.hex for key in keys)}


@dataclass(frozen=True)
class Seat:
    """One sign-in: who sits there, and which plots are theirs."""

    name: str
    role: str
    login: str
    home: str
    reach: frozenset[str]


@dataclass
class World:
    """All plots and all seats."""

    plots: dict[str, Plot]
    seats: dict[str, Seat]
    walks: dict[str, Any] = field(default_factory=dict)

    def foreign(self, seat: Seat) -> list[Plot]:
        """List the plots that a seat must never see."""
        return [plot for name, plot in self.plots.items() if name not in seat.reach]

    def near(self, seat: Seat) -> list[Plot]:
        """List one's own plot and one of each kind around it: below, beside, above, another body's, elsewhere."""
        names = {
            "hangzhou": ("hangzhou", "xihu", "neighbour", "zhejiang", "ningbo"),
            "zhejiang": ("zhejiang", "hangzhou", "nation", "jiangsu"),
            "xihu": ("xihu", "hangzhou", "ningbo"),
        }[seat.home]
        return [self.plots[name] for name in names]

    def actor(self, login: str, *, channel: str = "test") -> Actor:
        """Act as someone of the world."""
        return party_queries.actor(login, channel=channel, now=NOW)


def build() -> World:
    """Build it all through the public actions."""
    plots = {name: _plot(name, division, number) for number, (name, division) in enumerate(PLACES.items(), start=1)}
    seats = [*_officials(plots), *_bodies(plots)]
    _reminders(plots)
    return World(plots, {seat.name: seat for seat in seats})


def within_a_transaction(blocker: Any) -> Iterator[World]:
    """Give the world in a transaction around a whole module, and take it back at its end; for a fixture."""
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            yield build()
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


def _officials(plots: dict[str, Plot]) -> list[Seat]:
    """Seat every official role in the prefecture, a chief above it and an inspector below it."""
    prefecture = frozenset({"hangzhou", "neighbour", "xihu"})
    told = [(role, role, "hangzhou", prefecture) for role in ROLES]
    told += [
        ("upper chief", "chief", "zhejiang", prefecture | {"zhejiang", "ningbo"}),
        ("county inspector", "inspector", "xihu", frozenset({"xihu"})),
    ]
    return [Seat(n, role, _sign_in(plots[home], n, role, "office"), home, reach) for n, role, home, reach in told]


def _bodies(plots: dict[str, Plot]) -> list[Seat]:
    """Seat a use unit and a maintenance firm; they reach their own lift and nothing else, not even next door."""
    return [
        Seat(
            "use unit",
            "use_unit",
            _sign_in(plots["hangzhou"], "unit", "use_unit", "unit"),
            "hangzhou",
            frozenset({"hangzhou"}),
        ),
        Seat(
            "firm",
            "maintenance",
            _sign_in(plots["hangzhou"], "firm", "maintenance", "firm"),
            "hangzhou",
            frozenset({"hangzhou"}),
        ),
    ]


def _sign_in(plot: Plot, name: str, role: str, body: str) -> str:
    login = f"{name.replace(' ', '-')}-{plot.name}"
    post = _post(plot, login, role, body)
    plot.more_keys.append(post.pk)
    return login


def _post(plot: Plot, login: str, role: str, body: str) -> Post:
    """Appoint someone whose name, phone and card are canaries too."""
    name, phone = plot.said(f"人{login}"), f"1{plot.token[-4:]}{len(plot.personal):06d}"
    card = f"CARD{plot.token}{len(plot.personal)}"
    plot.personal += [name, phone, card]
    person = parties.add_person(login, name=name, password=None, phone=phone, card_no=card, by=node(NOW))
    plot.more_keys.append(person.pk)
    key = plot.keys[f"{body}_body"]
    return parties.appoint(person.pk, role=role, body_id=key, division=plot.division, from_on=BEGAN, by=node(NOW))


def _plot(name: str, division: str, number: int) -> Plot:
    plot = Plot(name, division, f"ZQ{number}{name[:3].upper()}X{7000 + number}")
    for kind, body in ((BodyKind.REGULATOR, "office"), (BodyKind.USE_UNIT, "unit"), (BodyKind.MAINTENANCE, "firm")):
        made = parties.add_body(
            plot.said(f"{kind.label}"), kind=kind, division=division, address=plot.said("街"), by=node(NOW)
        )
        plot.keys[f"{body}_body"] = made.pk
    plot.keys["post"] = _post(plot, f"second-{name}", "inspector", "office").pk
    chief = _post(plot, f"boss-{name}", "chief", "office")
    plot.more_keys.append(chief.pk)
    by = party_queries.actor(f"boss-{name}", channel="test", now=NOW)
    plot.keys["person"] = party_queries.actor(f"second-{name}", channel="test", now=NOW).person_id
    _lift(plot, number, by=by)
    _cases(plot, by=by)
    _look_back(plot, by=by)
    _return(plot)
    return plot


def _lift(plot: Plot, number: int, *, by: Actor) -> None:
    values: dict[str, Any] = {
        "variety": "3110",
        "rescue_code": f"{90000 + number:06d}",
        "address": plot.said("文三路"),
        "estate": plot.said("幸福小区"),
        "internal_no": plot.said("梯"),
        "maker_name": plot.said("制造"),
        "factory_no": plot.said("厂"),
        "other_number": plot.said("号").upper(),
        "place": "residential",
    }
    lift = registry.register(values, division=plot.division, by=by)
    plot.keys["lift"] = lift.pk
    for role, body in ((PartyRole.USE_UNIT, "unit"), (PartyRole.MAINTENANCE, "firm")):
        party = registry.set_party(lift.pk, role, body_id=plot.keys[f"{body}_body"], from_on=BEGAN, by=by)
        plot.more_keys.append(party.pk)


def _cases(plot: Plot, *, by: Actor) -> None:
    """Two problems in one file, an instruction, an overlay of each kind, evidence; every text a canary."""
    lift = plot.keys["lift"]
    found = a_finding(day("2017-02-01"), description=plot.said("层门锁失效"), finder_name=plot.said("发现人单位"))
    problem = hazards.open_problem(lift, found, by=by)
    other = hazards.open_problem(lift, a_finding(day("2017-02-02"), description=plot.said("钢丝绳断丝")), by=by)
    order = Order(
        number=plot.said("监"),
        second_officer=plot.keys["post"],
        deadline_on=date(2017, 12, 31),
        demands=plot.said("限期整改"),
        legal_basis=plot.said("第六十二条"),
    )
    instruction = hazards.instruct([problem.pk], order, at=day("2017-02-03"), by=by)
    hazards.begin(problem.pk, contractor=plot.said("承接"), at=day("2017-02-04"), by=by)
    hazards.refer_for_penalty(problem.pk, reason=plot.said("移送理由"), at=day("2017-02-05"), by=by)
    file = problem.file_id
    seal = SealOrder(plot.said("封").upper(), plot.said("第六十一条"), plot.said("机关"), date(2017, 12, 31))
    shut = hazards.shut_down(file, seal, at=day("2017-02-06"), by=by)
    listed = ListingOrder(plot.said("督办岗位"), date(2017, 12, 31), "fund", plot.said("部门"))
    listing = hazards.list_for_supervision(file, listed, at=day("2017-02-07"), by=by)
    evidence = Evidence(
        problem=problem,
        lift_id=lift,
        kind=str(EvidenceKind.BEFORE),
        media_type="image/jpeg",
        sha256="0" * 64,
        size_bytes=1,
        caption=plot.said("照片"),
        added_at=day("2017-02-08"),
        added_by=by.post_id,
    )
    journal.create(
        evidence, "evidence.added", division=plot.division, by=by.hand, at=day("2017-02-08"), about=About("lift", lift)
    )
    plot.keys |= {"problem": problem.pk, "file": file, "instruction": instruction.pk, "evidence": evidence.pk}
    plot.more_keys += [other.pk, shut.pk, listing.pk]
    late = replace(order, number=plot.said("催"), deadline_on=date(2017, 6, 1))
    plot.more_keys.append(hazards.instruct([other.pk], late, at=day("2017-02-09"), by=by).pk)


def _look_back(plot: Plot, *, by: Actor) -> None:
    """A guarantee period, and a look-back plan over the plot's own lift.

    Places above are built before those below, so that no plan draws a lift of another plot.
    """
    done = replace(a_finding(day("2016-05-01"), description=plot.said("旧隐患")), grade_scheme="2015")
    plot.more_keys.append(hazards.file_completed(plot.keys["lift"], done, completed_at=day("2016-06-25"), by=by).pk)
    # A guarantee period binds everyone below it, who are told its name: only that of a lowest place is a canary.
    name = f"保障时段{plot.division}" if plot.name in ABOVE_OTHERS else plot.said("保障")
    period = hazards.declare_guarantee_period(
        plot.division,
        name=name,
        from_on=date(2018, 2, 1),
        to_on=date(2018, 2, 5),
        source="通知" if plot.name in ABOVE_OTHERS else plot.said("依据"),
        at=day("2017-03-01"),
        by=by,
    )
    planned = Plan(plot.division, plot.said("回头看"), date(2017, 4, 1), date(2017, 6, 30))
    plan = hazards.plan_sweep(planned, at=day("2017-03-02"), by=by)
    visits = LookBackVisit.objects.filter(plan=plan).order_by("pk")
    own = visits.get(lift_id=plot.keys["lift"])
    plot.keys |= {"period": period.pk, "plan": plan.pk, "visit": own.pk}


def _return(plot: Plot) -> None:
    """The draft of a return, its texts and contact canaries."""
    post = _post(plot, f"stat-{plot.name}", "statistician", "office")
    by = party_queries.actor(f"stat-{plot.name}", channel="test", now=NOW)
    contact = plot.said("联系人")
    plot.personal.append(contact)
    texts = {"texts.reasons": plot.said("原因"), "texts.problems": plot.said("问题")}
    told = Told(values=texts, contact=contact, reporting_body=plot.said("填报"))
    month = Period(2017, 5 if plot.name == "neighbour" else 6)  # two returns of one division
    filing = returns.save("2017-annex", plot.division, month, told, at=NOW, by=by)
    page = returns.attach(filing.pk, title=plot.said("附页"), name="a.pdf", data=_pdf(plot), at=NOW, by=by)
    plot.keys |= {"filing": filing.pk, "page": page.pk}
    plot.digest = page.sha256
    plot.more_keys.append(post.pk)


def _pdf(plot: Plot) -> bytes:
    """A page with the plot's token in it, so that no two have one digest."""
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.add_metadata({"/Title": plot.said("TITLE")})
    made.write(out)
    return out.getvalue()


def _reminders(plots: dict[str, Plot]) -> None:
    """Let the clock raise what is overdue on every plot."""
    hazards.raise_overdue(by=node(NOW), at=NOW)
    for plot in plots.values():
        rows = Reminder.objects.filter(lift_id=plot.keys["lift"]).order_by("pk")
        plot.keys["reminder"] = rows[0].pk
        plot.more_keys += [row.pk for row in rows]


def grow(plot: Plot, number: int) -> None:
    """Change everything that can change on a plot: more lifts, problems, people; other words in the old ones."""
    by = party_queries.actor(f"boss-{plot.name}", channel="test", now=NOW)
    registry.amend(
        plot.keys["lift"], {"estate": plot.said("改名小区"), "address": plot.said("改址")}, reason="改", by=by
    )
    values = {"variety": "3110", "rescue_code": f"{80000 + number:06d}", "address": plot.said("新址"), "place": "mall"}
    lift = registry.register(values, division=plot.division, by=by)
    for kind, role, body in (
        (BodyKind.USE_UNIT, PartyRole.USE_UNIT, "新物业"),
        (BodyKind.MAINTENANCE, PartyRole.MAINTENANCE, "新维保"),
    ):
        made = parties.add_body(plot.said(body), kind=kind, division=plot.division, by=node(NOW))
        registry.set_party(lift.pk, role, body_id=made.pk, from_on=BEGAN, by=by)
    problem = hazards.open_problem(lift.pk, a_finding(day("2016-05-01"), description=plot.said("新隐患")), by=by)
    hazards.begin(problem.pk, contractor=plot.said("新承接"), at=day("2017-03-01"), by=by)
    hazards.unseal(plot.keys["file"], reason=plot.said("启封理由"), at=day("2017-03-02"), by=by)
    _post(plot, f"newcomer-{plot.name}", "inspector", "office")
