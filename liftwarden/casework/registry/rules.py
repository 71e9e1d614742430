"""Decides what a lift's data may be; pure."""

from decimal import Decimal
from functools import lru_cache

from coord_convert import transform

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.lifecycle import Lifecycle


class UseState(Choice):
    """How a lift stands with its registration.

    Source: docs/sources/facts.md, use states (seen in a working system). Who stopped it and why is kept apart.
    """

    NOT_YET = "not_yet", "未投入使用"
    IN_USE = "in_use", "在用"
    STOPPED = "stopped", "停用"
    SCRAPPED = "scrapped", "报废"
    DISMANTLED = "dismantled", "拆除"
    MOVED_OUT = "moved_out", "迁出"
    UNREGISTERED = "unregistered", "在用未注册"


class UseAction(Choice):
    """What changes a use state."""

    START = "start", "投入使用"
    STOP = "stop", "停用"
    RESTART = "restart", "重新启用"
    SCRAP = "scrap", "报废"
    DISMANTLE = "dismantle", "拆除"
    MOVE_OUT = "move_out", "迁出"
    REGISTER = "register", "补办登记"


USE = Lifecycle(
    "电梯使用状态",
    UseState.NOT_YET,
    {
        (UseState.NOT_YET, UseAction.START): UseState.IN_USE,
        (UseState.NOT_YET, UseAction.DISMANTLE): UseState.DISMANTLED,
        (UseState.IN_USE, UseAction.STOP): UseState.STOPPED,
        (UseState.IN_USE, UseAction.SCRAP): UseState.SCRAPPED,
        (UseState.IN_USE, UseAction.DISMANTLE): UseState.DISMANTLED,
        (UseState.IN_USE, UseAction.MOVE_OUT): UseState.MOVED_OUT,
        (UseState.STOPPED, UseAction.RESTART): UseState.IN_USE,
        (UseState.STOPPED, UseAction.SCRAP): UseState.SCRAPPED,
        (UseState.STOPPED, UseAction.DISMANTLE): UseState.DISMANTLED,
        (UseState.STOPPED, UseAction.MOVE_OUT): UseState.MOVED_OUT,
        (UseState.SCRAPPED, UseAction.DISMANTLE): UseState.DISMANTLED,
        (UseState.UNREGISTERED, UseAction.REGISTER): UseState.IN_USE,
        (UseState.UNREGISTERED, UseAction.STOP): UseState.STOPPED,
        (UseState.UNREGISTERED, UseAction.DISMANTLE): UseState.DISMANTLED,
    },
)


class PartyRole(Choice):
    """What a body is to a lift."""

    OWNER = "owner", "产权单位"
    USE_UNIT = "use_unit", "使用单位"
    MAINTENANCE = "maintenance", "维保单位"
    INSPECTION = "inspection", "检验机构"
    INSURER = "insurer", "保险机构"


class Datum(Choice):
    """The reference of a coordinate; a wrong one sends the crew some 500 m astray."""

    WGS84 = "WGS84", "WGS-84"
    CGCS2000 = "CGCS2000", "CGCS2000"
    GCJ02 = "GCJ02", "GCJ-02（高德、腾讯）"
    BD09 = "BD09", "BD-09（百度）"


@lru_cache(4_000)  # the lifts of a building share their point
def as_wgs84(longitude: Decimal, latitude: Decimal, datum: Datum) -> tuple[Decimal, Decimal]:
    """Convert a point to WGS-84, degrees, 7 decimals; CGCS2000 equals it for our purpose (well under a metre)."""
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return longitude, latitude
    convert = transform.gcj2wgs if datum is Datum.GCJ02 else transform.bd2wgs
    lon, lat = convert(float(longitude), float(latitude))
    return Decimal(f"{lon:.7f}"), Decimal(f"{lat:.7f}")
