"""The whole demo, for real: the sandbox, the shop and the bot as processes, played by the script."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.demo.script import INCIDENT, Sight

CALL = {
    "ts": "2.0",
    "subtype": "thread_broadcast",
    "blocks": [
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Not yet"}},
            ],
        }
    ],
}


def start_demo(tmp_path, function):
    """Start one entry point of the demo as a process of its own, with its temporary folders under `tmp_path`."""
    code = f"import sys; from bot.demo.play import {function}; sys.exit({function}())"
    environment = os.environ | {"TMPDIR": str(tmp_path), "CI": "true"}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)


def test_the_incident_is_played_to_its_end_and_every_step_is_seen(tmp_path):
    """The script exits 0, ticks off every step, prints the channel, and leaves nothing behind."""
    with start_demo(tmp_path, "headless") as demo:
        printed = demo.communicate(timeout=110)[0]
    assert demo.returncode == 0, printed
    assert [line for line in printed.splitlines() if line.startswith("[x]")] == [
        f"[x] {step.name}" for step in INCIDENT
    ]
    assert "Roll back v214 -> v213" in printed
    assert list(tmp_path.iterdir()) == []


def test_sigterm_ends_the_demo_and_its_processes(tmp_path):
    """Told to end in the middle, it stops its children and removes its folder."""
    with start_demo(tmp_path, "headless") as demo:
        assert demo.stdout.readline() == "starting the sandbox\n"
        demo.send_signal(signal.SIGTERM)
        printed = demo.communicate(timeout=60)[0]
    assert demo.returncode == 1
    assert "stopped" in printed
    assert list(tmp_path.iterdir()) == []
    assert not _processes_naming(str(tmp_path))


def test_a_sight_wants_all_its_words_buttons_and_marks():
    """What must be seen must be seen whole, in one message; the case of letters does not matter."""
    assert Sight(("roll back", "V214"), buttons=("Not yet",), broadcast=True).matches(CALL, "Roll back v214 now")
    assert not Sight(("roll back", "v215")).matches(CALL, "Roll back v214 now")
    assert not Sight((), buttons=("Rolling back",)).matches(CALL, "")
    assert not Sight((), reacted=True).matches(CALL, "")
    assert not Sight((), broadcast=True).matches({"ts": "1.0"}, "")


def _processes_naming(text):
    """Return the command lines of running processes in which the text stands."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # ended while we looked
            continue
        if text in command:
            found.append(command)
    return found
