"""Logs and repositories that cannot be read: the incident starts all the same, and a finding says why and what to do."""

import json
import os
import subprocess

import pytest

from tests.scenarios.conftest import opened

LOGS = {
    "missing": None,
    "empty": "",
    "prose": "Server started\nlistening on 8080\nsomething else\n" * 20,
    "undated": '{"level":50,"msg":"boom"}\n' * 20,
}
REPOSITORIES = ("nowhere", "unborn", "shallow", "foreign")


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """A room with a service for each kind of trouble."""
    folder = tmp_path_factory.mktemp("room")
    bad = tmp_path_factory.mktemp("bad")
    more = "".join(service(f"log-{name}", bad / f"{name}.log", folder / "repo") for name in LOGS)
    more += "".join(service(f"repo-{name}", folder / "logs" / "*.log", bad / name) for name in REPOSITORIES)
    for name, text in LOGS.items():
        if text is not None:
            (bad / f"{name}.log").write_text(text)
    with opened(folder, more=more) as room:
        (bad / "unborn").mkdir()
        subprocess.run(["git", "init", "--quiet", bad / "unborn"], check=True)
        for name, depth in (("shallow", ["--depth", "1"]), ("foreign", [])):
            source = f"file://{folder / 'repo'}"
            subprocess.run(["git", "clone", "--quiet", *depth, source, bad / name], check=True)
        for entry in (bad / "foreign", *(bad / "foreign").rglob("*")):
            os.chown(entry, 12345, 12345, follow_symlinks=False)
        yield room


def service(name, log, repository):
    """Return the sections of a service."""
    return f"""
[service.{name}.logs]
kind = "file"
path = {json.dumps(str(log))}
[service.{name}.deploys]
kind = "git"
path = {json.dumps(str(repository))}
tags = "v*"
"""


def findings_of(room, name):
    """Start an incident about a service and return what its card and its findings say."""
    room.log.write_until(room.now())
    room.command(f"start {name} service:{name}")
    card = room.sees(name, "Lead @ava", "*Trace*")
    findings = room.sees("1. Scope", f"`{name}`")
    return room.text(room.again(card)), room.text(findings)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "no such file or folder"),
        ("empty", "every file is empty; does the service log there?"),
        ("prose", "no timestamps in 60 lines; each needs a time to be placed by"),
        ("undated", "no timestamps in 20 lines; each needs a time to be placed by"),
    ],
)
def test_a_log_that_cannot_be_read_is_a_finding(troubled, name, said):
    """No data, never silence and never "clear": the path, and what is wrong with it."""
    card, findings = findings_of(troubled, f"log-{name}")
    assert "*Scope* no data" in card
    assert "*Changes*" in card
    assert f"{name}.log" in findings
    assert said in findings


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "/nowhere does not exist: set the path to a clone"),
        ("unborn", "/unborn has no commits yet"),
        ("shallow", "/shallow fetch --unshallow --tags"),
        ("foreign", "safe_directory"),
    ],
)
def test_a_repository_that_cannot_be_read_is_a_finding(troubled, name, said):
    """The log is triaged all the same; changes say the path and the remedy."""
    card, findings = findings_of(troubled, f"repo-{name}")
    assert "*Scope* found: 30 of 90 users" in card
    assert said in findings
