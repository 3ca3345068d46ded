"""Each folder is a case: a log, perhaps a deploy log, the arguments, and what the report must say of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import fifteen
from bot.logs import reading

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/case.json"))


def look_up(report: Any, path: str) -> Any:
    """Return the value at a dotted path; numbers are places in a list."""
    for part in path.split("."):
        report = report[int(part)] if isinstance(report, list) else report[part]
    return report


@pytest.mark.parametrize("fast_bytes", [0, reading.FAST_BYTES], ids=["many at once", "one by one"])
@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_the_report_says_what_the_case_expects(folder: Path, fast_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Field by field; what a case does not name is free."""
    monkeypatch.setattr(reading, "FAST_BYTES", fast_bytes)
    case = json.loads((folder / "case.json").read_text())
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(fifteen, ["triage", "app.log", "--format", "json", *case["arguments"]])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert {path: look_up(report, path) for path in case["expect"]} == case["expect"]
