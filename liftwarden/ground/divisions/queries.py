"""The only reader of divisions for others."""

from functools import lru_cache
from uuid import UUID

from liftwarden.ground.divisions.models import Division, Edition
from liftwarden.ground.divisions.tree import Node, Tree, grown


def tree() -> Tree:
    """Give the whole dated tree; read from the database once for each edition."""
    return _tree_of(Edition.objects.order_by("-loaded_at", "-id").values_list("id", "sha256").first())


@lru_cache(maxsize=2)
def _tree_of(edition: tuple[UUID, str] | None) -> Tree:
    del edition
    rows = Division.objects.order_by("code", "valid_from").values_list(
        "code", "name", "level", "parent", "valid_from", "valid_to", "kind"
    )
    return grown(Node(*row) for row in rows)


def editions() -> list[Edition]:
    """List the loadings, newest first."""
    return list(Edition.objects.order_by("-loaded_at", "-id"))
