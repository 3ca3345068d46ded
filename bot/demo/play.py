"""`fifteen demo`: a sandbox, a shop that misbehaves and the real bot, played by a person or by the script."""

import select
import signal
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

from rich.console import Console

from bot.demo.children import ChildFailed
from bot.demo.player import Player
from bot.demo.playground import Playground, playground
from bot.demo.script import INCIDENT, Outcome, Stage, play, ships
from bot.demo.story import load_story
from bot.demo.transcript import transcript

PLAY_TIMEOUT_S = 75.0  # of the script; with the start the demo stays under 90 s
LOOK_S = 1.0  # between two looks at the children

WELCOME = """
  {title}: the errors began {onset} minutes ago.

  Open     {page_url}
  Type     /incident start
  Expect   a card at once, the triage seconds later; reply in the Hypotheses thread and set their states.
           A heads-up comes at 10 minutes, the rollback call at 15: move the clock instead of waiting.

  Here you can type
           5              moves the clock on by 5 minutes; any number does
           deploy {before}    rolls back, as the command in the rollback call does
           Ctrl-C         ends everything and removes it
"""


def headless() -> int:
    """Play the whole incident by script and print the channel; return 0 when every step was seen, else 1."""
    console = _console()
    with _interruptible():
        try:
            with playground(lambda what: console.print(what, style="dim")) as ground:
                return _play_script(console, ground)
        except (ChildFailed, KeyboardInterrupt) as failed:
            console.print(str(failed) or "stopped", markup=False)
            return 1


def interactive() -> int:
    """Start everything, say what to type, and wait for Ctrl-C; return the exit status."""
    console = _console()
    with _interruptible():
        try:
            with console.status("starting") as status, playground(status.update) as ground:
                status.stop()
                _welcome(console, ground)
                _listen(console, ground)
        except ChildFailed as failed:
            console.print(str(failed), markup=False)
            return 1
        except KeyboardInterrupt:
            console.print("\nended; nothing is left behind", style="dim")
    return 0


def _play_script(console: Console, ground: Playground) -> int:
    player = Player(ground)
    outcomes: list[Outcome] = []
    for outcome in play(Stage(player, ground.deploy), INCIDENT, time.monotonic() + PLAY_TIMEOUT_S):
        console.print(f"{'not seen' if outcome.trouble else 'seen'}: {outcome.step.name}", style="dim", markup=False)
        outcomes.append(outcome)
    console.print()
    console.print(transcript(player.messages(), player.reader), markup=False)
    for outcome in outcomes:
        console.print(f"[{'-' if outcome.trouble else 'x'}] {outcome.step.name}", markup=False)
        if outcome.trouble:
            console.print(f"    {outcome.trouble}", markup=False)
    for step in INCIDENT[len(outcomes) :]:
        console.print(f"[ ] {step.name}: not reached", markup=False)
    if any(outcome.trouble for outcome in outcomes):
        console.print(f"\nThe bot's last lines:\n{ground.bot.tail()}", markup=False)
        return 1
    return 0


def _welcome(console: Console, ground: Playground) -> None:
    story = load_story()
    onset = int(story.onset.total_seconds() // 60)
    page_url = ground.sandbox["page_url"]
    text = WELCOME.format(page_url=page_url, title=story.title, onset=onset, before=story.before)
    console.print(text, markup=False)
    if sys.stdout.isatty():
        webbrowser.open(page_url)


def _listen(console: Console, ground: Playground) -> None:
    """Obey what is typed until Ctrl-C; notice when a process ends."""
    player = Player(ground)
    stage = Stage(player, ground.deploy)
    watched = [sys.stdin] if sys.stdin.isatty() else []
    while True:
        ground.check()
        if not select.select(watched, [], [], LOOK_S)[0]:
            continue
        typed = sys.stdin.readline()
        if not typed:  # Ctrl-D
            watched = []
        elif words := typed.split():
            console.print(_obey(stage, words), style="dim", markup=False)


def _obey(stage: Stage, words: list[str]) -> str:
    """Do what was typed; return what was done, or what could be typed."""
    match words:
        case ["deploy", version]:
            ships(version)(stage)
            return f"{version} is being rolled out, one host after another"
        case [number] if number.isdecimal():
            stage.player.move_clock_to(stage.player.now() + timedelta(minutes=int(number)))
            return f"it is {stage.player.now():%H:%M:%S} UTC now"
        case _:
            return "type a number of minutes, or: deploy VERSION"


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the demo as Ctrl-C does: children first."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
