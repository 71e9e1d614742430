"""Routes that read."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import NinjaAPI
from pydantic import Field

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.perform import answer, plain
from liftwarden.kernel.periods import day_in_shanghai

Limit = Annotated[int, Field(ge=1, le=50)]
LongLimit = Annotated[int, Field(ge=1, le=5000)]


def install(api: NinjaAPI) -> None:
    """Put the routes in place."""

    @api.get("/lifts", tags=["lift"], summary="Find lifts by number, address or pinyin initials")
    def find_lifts(request: HttpRequest, q: str, limit: Limit = 20) -> dict[str, Any]:
        found = registry.found(q, by=request.auth, limit=limit)  # type: ignore[attr-defined]
        return {"lifts": [answer(lift) for lift in found]}

    @api.get("/lifts/{lift}", tags=["lift"], summary="One lift with its parties and files")
    def show_lift(request: HttpRequest, lift: UUID) -> dict[str, Any]:
        by = request.auth  # type: ignore[attr-defined]
        found = registry.lift(lift, by=by)
        files = [answer(file) for file in hazards.files_of_lift(lift, by=by)]
        return answer(found) | {"parties": plain([vars(p) for p in registry.parties(found)]), "files": files}

    @api.get("/worklist", tags=["problem"], summary="Open problems by the date that presses most")
    def worklist(request: HttpRequest, limit: LongLimit = 200) -> dict[str, Any]:
        by = request.auth  # type: ignore[attr-defined]
        dues = hazards.worklist(by, on=day_in_shanghai(by.now), limit=limit)
        return {"due": [plain(vars(due)) for due in dues]}

    @api.get("/problems/{problem}", tags=["problem"], summary="One problem")
    def show_problem(request: HttpRequest, problem: UUID) -> dict[str, Any]:
        return answer(hazards.problem(problem, by=request.auth))  # type: ignore[attr-defined]

    @api.get("/files/{file}", tags=["file"], summary="One problem-lift file with its problems")
    def show_file(request: HttpRequest, file: UUID) -> dict[str, Any]:
        found = hazards.file(file, by=request.auth)  # type: ignore[attr-defined]
        return answer(found) | {"problems": [answer(problem) for problem in hazards.problems_in(found)]}

    @api.get("/instructions/{instruction}", tags=["instruction"], summary="One supervision instruction")
    def show_instruction(request: HttpRequest, instruction: UUID) -> dict[str, Any]:
        found = hazards.instruction(instruction, by=request.auth)  # type: ignore[attr-defined]
        return answer(found) | {"items": [answer(item) for item in hazards.items_of(found)]}

    views: tuple[Any, ...] = (find_lifts, show_lift, worklist, show_problem, show_file, show_instruction)
    for view in views:
        view.policy = ("api", None)
