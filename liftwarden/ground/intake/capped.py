"""Run a parser over an uploaded file in a child process that may use only so much time, memory and output."""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from liftwarden.ground.intake import child
from liftwarden.ground.intake.child import Caps
from liftwarden.kernel.refusals import Refusal

T = TypeVar("T")
PIPE_CHUNK = 64 * 1024
STDERR_CAP = 8 * 1024


class ParserStopped(Refusal):
    """The parser hit one of its caps; the file is refused, and nothing else is touched."""

    code = "parser_stopped"
    sentence = "读取文件时{reason}，已停止。请检查文件是否过大或被人为构造，删去无关内容后另存再上传。"


class ParserFailed(Refusal):
    """The parser could not make sense of the file; `detail` is for the log, never for the page."""

    code = "parser_failed"
    sentence = "文件无法解析，可能已损坏。请用 Word、WPS 或 Excel 打开后另存再上传。"
    detail: str = ""


class ParserRefused(Refusal):
    """The parser itself said no, in words for the user."""

    code = "parser_refused"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a parser may use: CPU and wall-clock seconds, bytes of address space, bytes of answer."""

    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    memory_bytes: int = 512 * 1024 * 1024
    output_bytes: int = 16 * 1024 * 1024


LIMITS = Limits()


def run(
    parser: Callable[..., T], path: Path, *, returns: type[T], arguments: tuple[str, ...] = (), limits: Limits = LIMITS
) -> T:
    """Call `parser(path, *arguments)` in a fresh interpreter and give back what it returned.

    The parser is a function of a module; what it returns is data that msgspec writes as JSON and reads as `returns`.
    A `Refusal` raised inside comes out as `ParserRefused` with the same sentence.

    Raises:
        ParserStopped: if it needed too much CPU, time, memory, or said too much.
        ParserFailed: if it raised anything else, or died.
        ParserRefused: if it refused the file in words.

    """
    caps = Caps(cpu_seconds=limits.cpu_seconds, memory_bytes=limits.memory_bytes, output_bytes=limits.output_bytes)
    request = child.Request(parser.__module__, parser.__qualname__, str(path.resolve()), arguments, caps)
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter, a list of arguments, no shell)
            [sys.executable, "-P", "-s", "-B", "-m", child.__name__, msgspec.json.encode(request).decode()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_environment(),
            start_new_session=True,
        )
        try:
            answer = _answer(process, limits)
        finally:
            _end(process)
        complaints.seek(max(0, complaints.seek(0, os.SEEK_END) - STDERR_CAP))
        detail = complaints.read().decode(errors="replace")
    return _result(answer, process.returncode, detail, returns)


def _environment() -> dict[str, str]:
    """Nothing of ours goes in: no settings, no secrets, one thread for any numeric library."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(os.path.abspath(entry) for entry in sys.path),
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
    }


def _answer(process: subprocess.Popen[bytes], limits: Limits) -> bytes:
    """Collect the child's answer until it closes its end, never more than allowed, never longer."""
    if process.stdout is None:
        raise AssertionError("the child was started with a pipe")
    # The one clock below the doors: it measures a wait, and no fact ever carries it.
    deadline = time.monotonic() + limits.wall_seconds
    said = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not ready.select(left):
                continue
            chunk = os.read(process.stdout.fileno(), PIPE_CHUNK)
            if not chunk:
                return _finished(process, bytes(said), left)
            said += chunk
            if len(said) > limits.output_bytes:
                raise ParserStopped(reason="得到的内容超过允许的大小")
    raise ParserStopped(reason=f"超过 {limits.wall_seconds:g} 秒仍未完成")


def _finished(process: subprocess.Popen[bytes], said: bytes, left: float) -> bytes:
    try:
        process.wait(timeout=max(0.1, left))
    except subprocess.TimeoutExpired as fault:
        raise ParserStopped(reason="没有按时结束") from fault
    return said


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _result(answer: bytes, status: int, detail: str, returns: type[T]) -> T:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise ParserStopped(reason="占用处理器时间超过上限")
    if status == child.OUT_OF_MEMORY:
        raise ParserStopped(reason="占用内存超过上限")
    if status == child.REFUSED:
        raise ParserRefused(msgspec.json.decode(answer, type=str))
    if status != 0:
        failed = ParserFailed()
        failed.detail = detail or f"exit status {status}"
        raise failed
    reply: T = msgspec.json.decode(answer, type=returns)
    return reply
