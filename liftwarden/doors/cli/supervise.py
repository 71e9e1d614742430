"""Starts what a node is made of, and takes it all down together."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from django.conf import settings
from django.core.management import call_command

from liftwarden.doors.cli import speech


def serve(host: str, port: int, workers: int) -> None:
    """Run the pages and the clock until one ends or a signal comes."""
    call_command("collectstatic", interactive=False, verbosity=0)
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--no-ws", "--log-level", "warning", "liftwarden.wsgi:application"),
    ]
    clock = [sys.executable, "-m", "liftwarden.doors.cli", "clock"]
    env = os.environ | {"LIFTWARDEN_HOME": str(settings.MEDIA_ROOT.parent)}
    running = [subprocess.Popen(command, env=env) for command in (web, clock)]  # noqa: S603  (our own commands)
    speech.talk(f"网页在 http://{host}:{port}/ ，按 Ctrl-C 停止。")

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        speech.talk("一个进程已结束，其余一并停止。")
    except KeyboardInterrupt:
        speech.talk("正在停止……")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=20)
