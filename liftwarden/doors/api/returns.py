"""Routes that read returns."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from liftwarden.doors.threshold import returns_told
from liftwarden.doors.threshold.perform import plain
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import queries, rollup

MOST_LINES = 1000


def install(api: NinjaAPI) -> None:
    """Put the routes in place."""

    @api.get("/returns", tags=["return"], summary="Returns within reach, by period, form or division")
    def list_returns(request: HttpRequest, form: str = "", period: str = "", division: str = "") -> dict[str, Any]:
        asked = {
            "form_code": form,
            "period": str(Period.parse(period)) if period else "",
            "division_code": division,
        }
        rows = queries.listed({name: value for name, value in asked.items() if value}, by=_by(request))
        return {"returns": [plain(returns_told.summary(held)) for held in rows]}

    @api.get("/returns/{filing}", tags=["return"], summary="One return with sources, last period, files and versions")
    def show_return(request: HttpRequest, filing: UUID) -> dict[str, Any]:
        return _plain(returns_told.with_files(queries.one(filing, by=_by(request)), by=_by(request)))

    @api.get("/returns/{filing}/compare", tags=["return"], summary="What differs from another return, by lift")
    def compare_returns(request: HttpRequest, filing: UUID, other: UUID) -> dict[str, Any]:
        by = _by(request)
        told = queries.compared(queries.one(other, by=by), queries.one(filing, by=by))
        return _plain(returns_told.comparison(told))

    @api.get("/return-files/{digest}", tags=["return"], summary="A stored file or attached page by its SHA-256")
    def return_file(request: HttpRequest, digest: str) -> HttpResponse:
        served = queries.file_by_digest(digest, by=_by(request))
        return HttpResponse(served.data, content_type=served.media_type)

    @api.get("/filled/{form}/{period}/{division}", tags=["return"], summary="A form filled as the ledger stands now")
    def fill_return(request: HttpRequest, form: str, period: str, division: str) -> dict[str, Any]:
        made = queries.preview(form, division, Period.parse(period), by=_by(request))
        return _plain(returns_told.whole(made))

    @api.get("/filled/{form}/{period}/{division}/{cell}", tags=["return"], summary="The lifts behind one cell")
    def explain_cell(
        request: HttpRequest, form: str, period: str, division: str, cell: str, first: int = 0
    ) -> dict[str, Any]:
        by = _by(request)
        made = queries.preview(form, division, Period.parse(period), by=by)
        total, lines = queries.behind(made, cell, by=by, first=max(0, first), most=MOST_LINES)
        return {"cell": cell, "total": total, "lifts": [_plain(returns_told.line(line)) for line in lines]}

    @api.get("/roll-up/{form}/{period}/{division}", tags=["return"], summary="Filed sums beside the ledger's recount")
    def roll_up(request: HttpRequest, form: str, period: str, division: str) -> dict[str, Any]:
        by = _by(request)
        told = rollup.rollup(form, division, Period.parse(period), now=by.now, by=by)
        return _plain(returns_told.roll_up(told, rollup.work_items(told)))

    views: tuple[Any, ...] = (
        list_returns,
        show_return,
        compare_returns,
        return_file,
        fill_return,
        explain_cell,
        roll_up,
    )
    for view in views:
        view.policy = ("api", None)


def _by(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in told.items()}
