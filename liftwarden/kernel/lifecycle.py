"""One table, (state, action) → state; guard, buttons, diagram and test matrix all come from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.refusals import ActionNotAllowed

S = TypeVar("S", bound=Choice)
A = TypeVar("A", bound=Choice)


@dataclass(frozen=True)
class Lifecycle(Generic[S, A]):
    """The life of one subject as a table."""

    name: str
    initial: S
    table: Mapping[tuple[S, A], S]

    def after(self, state: S, action: A) -> S:
        """Tell the state after `action`.

        Raises:
            ActionNotAllowed: if the table has no such step.
        """
        if (state, action) not in self.table:
            raise ActionNotAllowed(state=state.label, action=action.label)
        return self.table[state, action]

    def allowed(self, state: S) -> tuple[A, ...]:
        """List the actions that the table knows from `state`, in table order."""
        return tuple(action for (start, action) in self.table if start == state)

    def states(self) -> tuple[S, ...]:
        """List every state of the set, reachable or not."""
        return tuple(type(self.initial))

    def actions(self) -> tuple[A, ...]:
        """List every action of the set that the table uses or refuses."""
        (first, *_) = (action for (_, action) in self.table)
        return tuple(type(first))

    def diagram(self) -> str:
        """Draw the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.name}"]
        lines += [f"    {state.name} : {state.label}" for state in self.states()]
        lines += [f"    {a.name} --> {b.name} : {action.label}" for (a, action), b in self.table.items()]
        return "\n".join(lines)
