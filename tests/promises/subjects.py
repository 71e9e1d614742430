"""The one table of arguments: what an address parameter, a query or a field of a deed is filled with, for any plot.

A new parameter or required field without a line here fails with a sentence that says what to add.
"""

from collections.abc import Callable
from typing import Any

from liftwarden.doors.threshold.deed import Deed
from liftwarden.ground.parties.permissions import Permission
from tests.promises.routes import Route
from tests.promises.world import Plot

Supplier = Callable[[Plot], Any]
# The smallest picture there is, for evidence.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def _key(name: str) -> Supplier:
    return lambda plot: plot.keys[name]


# An address parameter (with or without `_id`) → what it stands for on a plot. `subject` is the deed's own.
PARAMETERS: dict[str, Supplier] = {
    **{name: _key(name) for name in ("lift", "problem", "file", "instruction", "evidence", "post", "person")},
    **{name: _key(name) for name in ("visit", "plan", "reminder", "filing")},
    "guarantee": _key("period"),
    "return": _key("filing"),
    "other": _key("filing"),
    "page": _key("page"),
    "digest": lambda plot: plot.digest,
    "body": _key("unit_body"),
    "division": lambda plot: plot.division,
    "code": lambda plot: plot.division,
}

# Parameters and queries that name nothing of any plot: (value, why).
NEUTRAL: dict[str, tuple[str, str]] = {
    "period": ("2017-06", "a span of time"),
    "form": ("2017-annex", "a form definition, the same for all"),
    "programme": ("2017", "a programme, the same for all"),
    "format": ("json", "a file format"),
    "cell": ("F", "a letter of the form"),
}

# Who may read what a parameter names, wherever it lies within reach.
READS = {
    "lift": Permission.LIFT_READ,
    "problem": Permission.HAZARD_READ,
    "file": Permission.HAZARD_READ,
    "instruction": Permission.HAZARD_READ,
    "evidence": Permission.HAZARD_READ,
    "post": Permission.PARTY_READ,
    "person": Permission.PARTY_READ,
    "body": Permission.PARTY_READ,
    "visit": Permission.HAZARD_READ,
    "plan": Permission.HAZARD_READ,
    "reminder": Permission.HAZARD_READ,
    "guarantee": Permission.HAZARD_READ,
    "filing": Permission.RETURN_READ,
    "return": Permission.RETURN_READ,
    "other": Permission.RETURN_READ,
    "page": Permission.RETURN_READ,
    "digest": Permission.RETURN_READ,
    "division": Permission.RETURN_READ,
    "code": Permission.RETURN_READ,
}
# A firm maintains lifts and sees their problems; instructions go to the use unit, not to the firm.
NOT_FOR = {("maintenance", "instruction")}

# Routes without a subject that show nothing of any plot, by route name, with the reason.
SHOWS_NOTHING = {
    "look": "keeps a reader's choice of light and size",
    "set_language": "keeps a reader's language",
    "return-chosen": "sends on to the address of the return that was chosen",
    "check-return": "a form that takes a file and keeps nothing",
    "act-as": "chooses among one's own posts; answers POST only",
    "api:liftwarden_doors_api_main_health": "says that the node serves",
}

# Routes with a subject that show none of its words, by route name, with the reason.
QUIET = {
    "roll-up": "figures of the divisions below, by their public names",
    "return-attach": "a form whose card names the return by form, division and period",
    "return-compare": "a return beside itself: nothing differs",
    "do-check-draft": "the card of a return shows its form, division and period",
}

# The fields of deeds: a field name → what it is filled with so that the deed could be done on this plot.
REFERENCES: dict[str, Supplier] = {
    **{name: _key(name) for name in ("lift", "problem", "file", "instruction", "evidence", "person", "post")},
    "problems": lambda plot: [plot.keys["problem"]],
    **{name: _key(name) for name in ("visit", "reminder", "filing", "period", "page")},
    "guarantee": _key("period"),
    "second_officer": _key("post"),
    "body": _key("unit_body"),
    "division": lambda plot: plot.division,
}
VALUES: dict[str, Any] = {
    "acting_body": "使用单位",
    "action": "stop",
    "address": "一号路1号",
    "at": "2017-07-02T10:00",
    "authority": "市场监管局",
    "blocker": "fund",
    "category": "door",
    "cause": "ageing",
    "certificate_no": "J2017-1",
    "deadline_on": "2017-12-31",
    "content": PIXEL,
    "demands": "限期整改",
    "description": "层门锁失效",
    "expires_on": "2018-03-31",
    "form": "2017-annex",
    "from_on": "2017-07-01",
    "kind": None,  # differs by deed: see BY_DEED
    "login": "newcomer",
    "name": "新名称",
    "note": "敲门无人应答",
    "number": "监2017-900",
    "on": "2017-07-01",
    "order_number": "封2017-9",
    "outcome": "receipt",
    "reason": "理由充分",
    "role": "inspector",
    "seed": 7,
    "share": "0.5",
    "size": 1,
    "source": "市府办通知",
    "supervisor": "督办组",
    "text": "已更换门锁",
    "to_on": "2017-12-31",
    "variety": "3110",
}
BY_DEED: dict[tuple[str, str], Any] = {
    ("add-body", "kind"): "use_unit",
    ("correct-file", "kind"): "duplicate",
    ("set-party", "role"): "use_unit",
    ("add-lift", "rescue_code"): "77001",
    ("open-problem", "found_at"): "2017-07-01T10:00",
    ("transfer-file", "division"): "330108",
    ("open-problem", "grade_scheme"): "2015",
    ("visit-found", "found_at"): "2017-07-01T10:00",
    ("enter-return", "period"): "2017-06",
    ("ask-extension", "to_on"): "2018-01-31",
    ("extend-deadline", "deadline_on"): "2018-01-31",
    ("attach-evidence", "kind"): "after",
    ("attach-evidence", "name"): "照片.png",
    ("file-completed", "completed_at"): "2016-06-01T10:00",
    ("file-completed", "found_at"): "2016-05-01T10:00",
    ("correct-as-done-before", "completed_at"): "2016-12-01T10:00",
}
# Deeds whose room asks for more than the deed's own permission on the plots of the world, with the reason.
ALSO_NEEDS = {"move-lift": (Permission.HAZARD_CORRECT, "a lift with problem-lift files is moved with all of them")}
# Fields that may name a foreign thing, (deed, field), with the reason.
MAY_BE_FOREIGN = {
    ("transfer-file", "division"): "a file is handed over to whoever it belongs to",
    ("move-lift", "division"): "a lift goes to whichever division it now stands in",
    ("set-party", "body"): "a firm or owner seated elsewhere serves lifts here",
    ("instruct", "second_officer"): "an officer of a division above may sign beside; see BESIDE",
    **{
        (f"plan-{way}", "guarantee"): "a guarantee period declared above binds here too; see BESIDE"
        for way in ("sweep", "sample", "share")
    },
}
# Fields of those that still refuse what lies beside, as if it were not there.
BESIDE = (
    ("instruct", "second_officer"),
    ("plan-sweep", "guarantee"),
    ("plan-sample", "guarantee"),
    ("plan-share", "guarantee"),
)


def parameter(route: Route, name: str) -> str:
    """Tell what a parameter of a route names: its supplier's name, or nothing for a neutral one."""
    if name == "subject" and route.deed is not None:
        name = route.deed.subject
    kind = name.removesuffix("_id")
    if kind in PARAMETERS or kind in NEUTRAL:
        return kind
    raise AssertionError(
        f"{route} has a parameter “{name}” that the promise tests cannot fill: add “{kind}” to PARAMETERS in "
        "tests/promises/subjects.py (what it names on a plot) with its READS, or to NEUTRAL if it names nothing of anyone"
    )


def query(route: Route, plot: Plot) -> dict[str, str]:
    """Fill the queries that a route requires; the search asks for the plot's own words."""
    filled = {}
    for name in route.queries:
        if name == "q":
            filled[name] = plot.token
        else:
            kind = parameter(route, name)
            filled[name] = str(PARAMETERS[kind](plot)) if kind in PARAMETERS else NEUTRAL[kind][0]
    return filled


def address(route: Route, plot: Plot) -> str:
    """Fill an address with what stands on a plot."""
    filled = "/" + route.address
    for name in route.parameters:
        kind = parameter(route, name)
        value = str(PARAMETERS[kind](plot)) if kind in PARAMETERS else NEUTRAL[kind][0]
        for spelled in (
            f"<{name}>",
            f"<uuid:{name}>",
            f"<str:{name}>",
            f"<slug:{name}>",
            f"<int:{name}>",
            f"<path:{name}>",
        ):
            filled = filled.replace(spelled, value)
    if "<" in filled:
        raise AssertionError(f"{route}: the address is not filled whole ({filled})")
    return filled


def subjects_of(route: Route) -> list[str]:
    """List the kinds of things of a plot that an address names."""
    return [kind for name in route.parameters if (kind := parameter(route, name)) in PARAMETERS]


def fields(deed: Deed, plot: Plot, *, foreign: tuple[str, Plot] | None = None) -> dict[str, Any]:
    """Fill the fields of a deed so that it could be done on a plot; one field may point to another plot instead."""
    filled: dict[str, Any] = {}
    for name, field in deed.fields.model_fields.items():
        if (deed.name, name) in BY_DEED:
            filled[name] = BY_DEED[deed.name, name]
        elif name in REFERENCES:
            held = foreign[1] if foreign and foreign[0] == name else plot
            value = REFERENCES[name](held)
            filled[name] = [str(one) for one in value] if isinstance(value, list) else str(value)
        elif field.is_required() or name == "at":
            if VALUES.get(name) is None:
                raise AssertionError(
                    f"{deed.name} requires “{name}”, which the promise tests cannot fill: add it to VALUES or BY_DEED in "
                    "tests/promises/subjects.py, or to REFERENCES if it names something of a plot"
                )
            filled[name] = VALUES[name]
    return filled


def references(deed: Deed) -> list[str]:
    """List the fields of a deed that name something of a plot and may not name a foreign thing."""
    named = [n for n in deed.fields.model_fields if n in REFERENCES and (deed.name, n) not in BY_DEED]
    return [name for name in named if (deed.name, name) not in MAY_BE_FOREIGN]
