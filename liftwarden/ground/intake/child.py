"""The child process of `capped`: cap itself, call one function on one file, write what it returns as JSON."""

import importlib
import os
import resource
import sys
from dataclasses import dataclass

import msgspec

from liftwarden.kernel.refusals import Refusal

OUT_OF_MEMORY = 77
REFUSED = 78
# A parser opens its file, the modules it imports, and nothing else.
OPEN_FILES = 64
# After SIGXCPU at the soft limit, the kernel kills at the hard one.
GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Caps:
    """What the child may use."""

    cpu_seconds: int
    memory_bytes: int
    output_bytes: int


@dataclass(frozen=True, slots=True)
class Request:
    """The call to make: `module.function(path, *arguments)`."""

    module: str
    function: str
    path: str
    arguments: tuple[str, ...]
    caps: Caps


def main(request: Request) -> int:
    """Make the call; give the exit status. Anything but memory and refusals rises to stderr as a traceback."""
    _cap(request.caps)
    # The parser's own prints must not mix into the answer.
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        function = getattr(importlib.import_module(request.module), request.function)
        written, status = msgspec.json.encode(function(request.path, *request.arguments)), 0
    except MemoryError:
        written, status = b"", OUT_OF_MEMORY
    except Refusal as refusal:
        written, status = msgspec.json.encode(refusal.words()), REFUSED
    with os.fdopen(answer, "wb") as out:
        out.write(written)
    return status


def _cap(caps: Caps) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_seconds, caps.cpu_seconds + GRACE_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (caps.memory_bytes, caps.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (caps.output_bytes, caps.output_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


if __name__ == "__main__":
    sys.exit(main(msgspec.json.decode(sys.argv[1], type=Request)))
