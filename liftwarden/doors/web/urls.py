"""Addresses of the pages."""

from django.urls import path

from liftwarden.doors.web import (
    bodies,
    deeds,
    evidence,
    home,
    instructions,
    lifts,
    looks,
    problems,
    worklist,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("look/", looks.choose, name="look"),
    path("language/", looks.language, name="set_language"),
    path("act-as/", looks.act_as, name="act-as"),
    path("lifts/", lifts.lifts, name="lifts"),
    path("lifts/<uuid:lift_id>/", lifts.lift, name="lift"),
    path("lifts/<uuid:lift_id>/timeline/", lifts.timeline, name="lift-timeline"),
    path("worklist/", worklist.worklist, name="worklist"),
    path("worklist/round-sheet/", worklist.round_sheet, name="round-sheet"),
    path("problems/<uuid:problem_id>/", problems.problem, name="problem"),
    path("problems/<uuid:problem_id>/evidence/", evidence.add, name="evidence-add"),
    path("evidence/<uuid:evidence_id>/", evidence.show, name="evidence"),
    path("files/<uuid:file_id>/", problems.file, name="file"),
    path("instructions/", instructions.instructions, name="instructions"),
    path("instructions/<uuid:instruction_id>/", instructions.instruction, name="instruction"),
    path("instructions/<uuid:instruction_id>/sheet/", instructions.sheet, name="instruction-sheet"),
    path("bodies/", bodies.bodies, name="bodies"),
    *deeds.routes(),
]
