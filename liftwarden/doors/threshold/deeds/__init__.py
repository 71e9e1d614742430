"""Every deed there is, by name."""

from functools import cache

from liftwarden.doors.threshold.deed import Deed
from liftwarden.doors.threshold.deeds import hazards, parties, registry, returns


@cache
def deeds() -> dict[str, Deed]:
    """List every deed by its name; a name that comes twice is a mistake."""
    found: dict[str, Deed] = {}
    for deed in (*registry.DEEDS, *hazards.DEEDS, *parties.DEEDS, *returns.DEEDS):
        if deed.name in found:
            raise LookupError(f"two deeds are called {deed.name}")
        found[deed.name] = deed
    return found
