"""Brings the columns of a lift into the form that is stored, for one lift and for a hundred thousand alike; pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry.rules import Datum, as_wgs84
from liftwarden.kernel import codes
from liftwarden.kernel.refusals import BadInput
from liftwarden.kernel.words import narrowed, tidied

IDENTITIES = {
    "device_code": codes.device_code,
    "registration_code": codes.registration_code,
    "certificate_no": codes.certificate_no,
    "rescue_code": codes.rescue_code,
}
TEXTS = ("product_model", "factory_no", "internal_no", "maker_name", "estate", "address", "other_number_kind")
PLAIN = (
    "made_on",
    "used_since_on",
    "floors",
    "speed_m_per_s",
    "load_kg",
    "last_inspected_on",
    "next_inspection_on",
    "flags",
)
AMENDABLE = (
    *(*IDENTITIES, *TEXTS, *PLAIN),
    *("other_number", "catalogue", "variety", "place", "longitude", "latitude", "datum"),
)

# What `normalised` gives, in one order.
STORED = (
    *(*IDENTITIES, *TEXTS, *PLAIN, "other_number", "catalogue", "variety", "place"),
    *("longitude", "latitude", "datum", "wgs84_longitude", "wgs84_latitude"),
)


def normalised(values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring column values into the form that is stored; unknown columns are refused.

    Raises:
        BadCode: for a number of a wrong shape.
        BadInput: for a catalogue, variety, place or point that cannot be.
    """
    given = {column: value for column, value in values.items() if column != "use_state"}
    if unknown := set(given) - set(AMENDABLE):
        raise BadInput(field="、".join(sorted(unknown)), reason="没有这一项")
    row: dict[str, Any] = {column: tidied(str(given.get(column) or "")) for column in TEXTS}
    row |= {column: given.get(column) for column in PLAIN}
    row["flags"] = given.get("flags") or ""
    for column, check in IDENTITIES.items():
        text = str(given.get(column) or "").strip()
        row[column] = check(text) if text else None
    row["other_number"] = narrowed(str(given.get("other_number") or "")) or None
    row["catalogue"] = str(given.get("catalogue") or "2014")
    row["variety"] = narrowed(str(given.get("variety") or ""))
    if (row["catalogue"], row["variety"]) not in catalogue.varieties():
        raise BadInput(field="品种", reason=f"{row['catalogue']} 目录中没有“{row['variety']}”")
    row["place"] = str(given.get("place") or "unknown")
    if row["place"] not in catalogue.places():
        raise BadInput(field="使用场所", reason=f"没有“{row['place']}”这一类")
    return row | _point(given)


def is_numbered(row: Mapping[str, Any]) -> bool:
    """Whether a lift has any number that it can be called by."""
    return any((*(row[column] for column in IDENTITIES), row["other_number"]))


def _point(given: Mapping[str, Any]) -> dict[str, Any]:
    longitude, latitude, datum = given.get("longitude"), given.get("latitude"), given.get("datum")
    if longitude is None and latitude is None:
        return dict.fromkeys(("longitude", "latitude", "wgs84_longitude", "wgs84_latitude")) | {"datum": ""}
    if longitude is None or latitude is None or not datum:
        raise BadInput(field="坐标", reason="经度、纬度和坐标系必须同时填写")
    lon, lat = Decimal(str(longitude)).quantize(Decimal("1e-7")), Decimal(str(latitude)).quantize(Decimal("1e-7"))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput(field="坐标", reason="经度应在 ±180、纬度应在 ±90 之内")
    wgs_lon, wgs_lat = as_wgs84(lon, lat, Datum(datum))
    return {
        "longitude": lon,
        "latitude": lat,
        "datum": str(Datum(datum)),
        "wgs84_longitude": wgs_lon,
        "wgs84_latitude": wgs_lat,
    }
