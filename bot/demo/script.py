"""The script of the incident: its steps as data, each with what somebody does and what must then be seen."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from bot.demo.player import Player
from bot.demo.reading import Json, find_button

POLL_S = 0.2
STEP_TIMEOUT_S = 30.0
CLOCK_RUNS_S_PER_POLL = 6.0  # 30 times as fast as the wall's, so that a minute passes in 2 s
HYPOTHESES = "What do you think it is?"


@dataclass(frozen=True, slots=True)
class Sight:
    """What must be seen in one message that is new or changed since the step began.

    Args:
        words: All of them must stand in it, whatever their case.
        buttons: Labels of buttons that it must carry.
        broadcast: It is a thread reply that was also sent to the channel.
        reacted: It carries a reaction.
    """

    words: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    broadcast: bool = False
    reacted: bool = False

    def __str__(self) -> str:
        parts = [f'"{word}"' for word in self.words] + [f"[{label}]" for label in self.buttons]
        parts += ["sent to the channel"] * self.broadcast + ["a reaction"] * self.reacted
        return ", ".join(parts)

    def matches(self, message: Json, text: str) -> bool:
        """Return whether the message, which reads as `text`, is what was to be seen."""
        folded = text.casefold()
        return (
            all(word.casefold() in folded for word in self.words)
            and all(find_button(message, label) for label in self.buttons)
            and (not self.broadcast or message.get("subtype") == "thread_broadcast")
            and (not self.reacted or bool(message.get("reactions")))
        )


@dataclass(slots=True)
class Stage:
    """Where a script is played: the player, the team's deploy command, and when the incident was started."""

    player: Player
    deploy: Path
    started_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.player.now()

    def newest(self, is_it: Callable[[Json], bool]) -> Json:
        """Return the newest message that fits.

        Raises:
            LookupError: none does.
        """
        for message in reversed(self.player.messages()):
            if is_it(message):
                return message
        raise LookupError("the message to act on is not there")

    def newest_saying(self, words: str) -> Json:
        """Return the newest message in which the words stand."""
        return self.newest(lambda message: words in self.player.reader.words(message))


Action = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what somebody does, and everything that must be seen then, in any order.

    Without an action it goes on with what the step before began: what was already seen since then counts.

    Args:
        clock_runs: How far the clock moves on, bit by bit, until everything was seen.
    """

    name: str
    action: Action | None
    sights: tuple[Sight, ...]
    clock_runs: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: `trouble` says what was not seen, or what could not be done; None when all was."""

    step: Step
    trouble: str | None


def says(user: int, text: str) -> Action:
    """Type something in the channel; users are counted from 0."""
    return lambda stage: stage.player.say(stage.player.users[user], text)


def replies(user: int, under: str, text: str) -> Action:
    """Reply in the thread of the newest message that says `under`."""
    return lambda stage: stage.player.say(stage.player.users[user], text, stage.newest_saying(under)["ts"])


def presses(user: int, label: str) -> Action:
    """Press the newest button with this label."""

    def act(stage: Stage) -> None:
        message = stage.newest(lambda candidate: find_button(candidate, label) is not None)
        stage.player.press(stage.player.users[user], message, label)

    return act


def picks(user: int, under: str, near: str, label: str) -> Action:
    """Pick an option of the menu beside `near`, in the newest message that says `under`."""
    return lambda stage: stage.player.pick(stage.player.users[user], stage.newest_saying(under), near, label)


def waits_until(minute: float) -> Action:
    """Move the clock to a minute of the incident."""
    return lambda stage: stage.player.move_clock_to(stage.started_at + timedelta(minutes=minute))


def ships(version: str) -> Action:
    """Ship a version as the team would, from its own command line."""

    def act(stage: Stage) -> None:
        subprocess.run([str(stage.deploy), "checkout", version], check=True)  # noqa: S603 - the demo's own script

    return act


def play(stage: Stage, steps: tuple[Step, ...], deadline: float) -> Iterator[Outcome]:
    """Play the steps, yielding what became of each, until one fails.

    Args:
        stage: Where they are played.
        steps: In order.
        deadline: On the monotonic clock; a step that is not seen by then has failed.
    """
    before: dict[str, str] = {}
    for step in steps:
        try:
            if step.action:
                before = _texts(stage)
                step.action(stage)
        except LookupError as missing:
            yield Outcome(step, str(missing))
            return
        trouble = _watch(stage, step, before, min(deadline, time.monotonic() + STEP_TIMEOUT_S))
        yield Outcome(step, trouble)
        if trouble:
            return


def _watch(stage: Stage, step: Step, before: Mapping[str, str], deadline: float) -> str | None:
    """Look until everything was seen; return what was not, in words."""
    missing = list(step.sights)
    clock_end = stage.player.now() + step.clock_runs
    while missing:
        messages = {message["ts"]: message for message in stage.player.messages()}
        changed = {ts: text for ts, text in _texts(stage).items() if ts in messages and before.get(ts) != text}
        missing = [sight for sight in missing if not any(sight.matches(messages[ts], changed[ts]) for ts in changed)]
        if missing and time.monotonic() > deadline:
            return "not seen: " + "; ".join(map(str, missing))
        if missing:
            time.sleep(POLL_S)
            ahead = stage.player.now() + timedelta(seconds=CLOCK_RUNS_S_PER_POLL)
            stage.player.move_clock_to(min(clock_end, ahead))
    return None


def _texts(stage: Stage) -> dict[str, str]:
    return {message["ts"]: stage.player.reader.words(message) for message in stage.player.messages()}


AVA, BEN = 0, 1

INCIDENT: tuple[Step, ...] = (
    Step(
        "/incident start posts the card at once",
        says(AVA, "/incident start"),
        (Sight(("checkout", "investigating")),),
    ),
    Step(
        "the triage names who is hurt, the bad deploy and the error",
        None,
        (Sight(("investigating", "v214", "region=eu", "TypeError at vatFor")), Sight((HYPOTHESES,))),
    ),
    Step(
        "the findings stand in the card's thread, with a chart",
        None,
        (Sight(("v214", "region=eu", "vat_rate", "Request")), Sight(("errors a minute", "checkout)"))),
    ),
    Step(
        "a reply is recorded as H1, and evidence is found for it",
        replies(AVA, HYPOTHESES, "v214 broke the VAT of the EU"),
        (
            Sight(("H1", "v214 broke the VAT", "v214 shipped", "before the errors began")),
            Sight(("v214 broke the VAT",), reacted=True),
        ),
    ),
    Step(
        "a second person's reply is recorded as H2",
        replies(BEN, HYPOTHESES, "The card provider is timing out again"),
        (Sight(("H2", "card provider is timing out")),),
    ),
    Step(
        "H2 is ruled out from its menu",
        picks(BEN, HYPOTHESES, "H2", "Ruled out"),
        (Sight(("H2", "ruled out")),),
    ),
    Step(
        "a heads-up at 10 minutes",
        waits_until(10.05),
        (Sight(("in 5 min", "v214"), buttons=("Cause found",)),),
    ),
    Step(
        "the rollback call at 15 minutes, sent to the channel",
        waits_until(15.05),
        (Sight(("v214", "v213"), buttons=("Rolling back", "Not yet", "Cause found"), broadcast=True),),
    ),
    Step(
        "Rolling back is pressed, and everyone sees who does it",
        presses(AVA, "Rolling back"),
        (Sight(("is rolling back", "ava")),),
    ),
    Step(
        "the team ships v213, and the recovery is seen",
        ships("v213"),
        (Sight(("back at baseline", "after the rollback")),),
        clock_runs=timedelta(minutes=10),
    ),
    Step(
        "the incident is resolved",
        says(AVA, "/incident resolve v213 is back; the VAT table gets a default"),
        (Sight(("resolved after", "the VAT table gets a default")),),
    ),
)
