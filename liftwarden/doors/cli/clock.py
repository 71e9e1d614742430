"""The clock as a command: once, or until stopped."""

import signal
from threading import Event

import click
from pydantic import TypeAdapter, ValidationError

from liftwarden.doors.cli import speech
from liftwarden.doors.threshold import turning
from liftwarden.doors.threshold.deed import Moment
from liftwarden.doors.threshold.turning import Ticked


@click.command("clock")
@click.option("--once", is_flag=True, help="只走一次就退出。")
@click.option("--now", "now_text", default="", help="当作现在的时间，例如 2017-07-01；只能与 --once 同用。")
@click.option("--every", default=60, show_default=True, type=click.IntRange(1), help="两次之间的秒数。")
@speech.as_json
def clock(once: bool, now_text: str, every: int, json_: bool) -> None:
    """让逾期事项自行上报：整改、复查、督办、封停到期、再访、回头看、观察期满。

    可以同时运行多个，每件事只上报一次。

    \b
    例：liftwarden clock --once --now 2017-07-01
    例：liftwarden clock --every 300
    """
    if now_text and not once:
        raise click.UsageError("--now 只能与 --once 同用。")

    def tell(ticked: Ticked) -> None:
        told = {"at": ticked.at.isoformat(), "raised": dict(ticked.raised), "settled": dict(ticked.settled)}
        speech.show(told, json_=json_)

    if once:
        tell(turning.tick(_moment(now_text) if now_text else speech.node_hand().now))
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    turning.turn(stop, every_seconds=every, tell=tell)


def _moment(text: str) -> Moment:
    try:
        return TypeAdapter(Moment).validate_python(text)
    except ValidationError as wrong:
        raise click.UsageError(f"--now “{text}”不是时间；请写成 2017-07-01 或 2017-07-01T08:00。") from wrong


commands = (clock,)
