"""Each stored kind of row declares whether the journal can refold it; an undeclared one fails the system check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

M = TypeVar("M", bound=type[Any])


@dataclass(frozen=True)
class Fold:
    """A model whose every row equals the fold of its entries."""

    model: type[Any]
    kind: str


_folded: dict[type[Any], Fold] = {}
_exempt: dict[type[Any], str] = {}


def folded(kind: str) -> Callable[[M], M]:
    """Declare a model folded, under the name that its entries carry as `subject_kind`."""

    def declare(model: M) -> M:
        _folded[model] = Fold(model, kind)
        return model

    return declare


def exempt(reason: str) -> Callable[[M], M]:
    """Declare that a model's rows are not refolded, and why."""

    def declare(model: M) -> M:
        _exempt[model] = reason
        return model

    return declare


def folds() -> tuple[Fold, ...]:
    """List the folded models in order of kind."""
    return tuple(sorted(_folded.values(), key=lambda fold: fold.kind))


def exemptions() -> dict[type[Any], str]:
    """List the exempt models with their reasons."""
    return dict(_exempt)


def kind_of(model: type[Any]) -> str:
    """Tell the kind of a folded model.

    Raises:
        LookupError: if it is not declared folded.
    """
    if model not in _folded:
        raise LookupError(f"{model.__name__} is not declared folded")
    return _folded[model].kind
