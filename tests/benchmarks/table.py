"""The table: what was asked for, what was measured, and whether that is enough."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.answering import Waits
from tests.benchmarks.measure import Subject

SPELT = ("spaced", "reordered", "numeric")
TEXTS = ("logfmt", "text")
PROTOCOL = ("grep | sort | uniq", "jq | sort | uniq", "grep | jq")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        value: Measured; None where it was not, and `note` says why.
        at_least, aim: What is asked for; None where the line is there to be known.
        unit: "x" for a ratio.
        more_is_better: Whether a greater value is.
    """

    what: str
    value: float | None
    unit: str
    at_least: float | None = None
    aim: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether it is enough, in a word or two."""
        if self.value is None:
            return "not measured"
        if self.at_least is None or self.aim is None:
            return ""
        if self._reaches(self.value, self.aim):
            return "aim met"
        return "met" if self._reaches(self.value, self.at_least) else "NOT met"

    def words(self, value: float | None) -> str:
        """Return a value, or a limit, as it is shown."""
        if value is None:
            return ""
        return f"{value:.2f} x" if self.unit == "x" else f"{value:.0f} {self.unit}"

    def _reaches(self, value: float, limit: float) -> bool:
        return value >= limit if self.more_is_better else value <= limit


def ratios(subjects: Sequence[Subject]) -> list[Row]:
    """Return the lines that compare times; those of the peers by the byte where their log is another."""
    by_name = {subject.name: subject for subject in subjects}

    def slower(ours: str, peer: str) -> float | None:
        return by_name[ours].median_s / by_name[peer].median_s if ours in by_name else None

    def faster(ours: str, *peers: str) -> float:
        mine = by_name[ours]
        return sum(by_name[peer].median_s / by_name[peer].size for peer in peers) / (mine.median_s / mine.size)

    scaled = "a smaller log, by the byte"
    return [
        Row("window and baseline, ten times the log : the log", slower("triage, usual, big log", "triage, usual"),
            "x", 1.15, 1.0, note="" if "triage, usual, big log" in by_name else "too little room on this disk"),
        Row("15-minute window in a running bot : rg -c", slower("window, warm reader", "rg -c, slice"), "x", 5, 2),
        Row("whole log : rg -c", slower("triage, whole", "rg -c"), "x", 4, 1.5),
        Row("faster than the one jq line", faster("triage, whole", PROTOCOL[1]), "x", 30, 80, True, scaled),
        Row("faster than the three lines of the protocol", faster("triage, whole", *PROTOCOL), "x",
            more_is_better=True, note=scaled),
        Row("faster than DuckDB with the same questions", faster("triage, whole", "DuckDB"), "x", 4, 8, True),
        Row("faster than a msgspec loop", faster("triage, compact", "msgspec loop"), "x", more_is_better=True),
        *(Row(f"{name} : compact", slower(f"triage, {name}", "triage, compact"), "x", 1.5, 1.1) for name in SPELT),
        Row("no shortcut fits: faster than a msgspec loop", faster("triage, shapeless", "msgspec loop, shapeless"),
            "x", 1, 2, True),
        *(Row(f"no JSON, {name}", by_name[f"triage, {name}"].size / by_name[f"triage, {name}"].median_s / 1e6, "MB/s",
              more_is_better=True) for name in TEXTS),
        Row("a small log, from the shell : python -c pass", slower("triage, small log", "python -c pass"), "x", 15, 8),
    ]  # fmt: skip


def others(subjects: Sequence[Subject], readers_kib: int, waits: Waits) -> list[Row]:
    """Return the lines about memory, and about the answers that people wait for."""
    held = max(*(subject.peak_mib for subject in subjects if subject.name.startswith("triage")), readers_kib / 1024)
    return [
        Row("memory of the largest process that reads", held, "MiB", 96, 64),
        Row("memory of the bot's largest process, charts and all", waits.peak_kib / 1024, "MiB"),
        Row("99 of 100 commands answered, four triages running", waits.percentile_s(0.99) * 1000, "ms", 300, 300,
            note=f"{waits.busy} of {len(waits.waits_s)} while {waits.triages} triages ran"),
    ]  # fmt: skip


def show(console: Console, rows: Sequence[Row], subjects: Sequence[Subject]) -> None:
    """Print what was asked for, then what every run took."""
    table = _table("", "measured", "at least", "aim", "", "")
    for row in rows:
        limits = row.words(row.at_least), row.words(row.aim)
        table.add_row(row.what, row.words(row.value), *limits, row.verdict, row.note)
    console.print(table)
    times = _table("seconds", "median", "least", "most", "CPU", "GB/s", "MiB")
    for subject in subjects:
        seconds = [run.seconds for run in subject.runs]
        cpu_s = min(run.cpu_s for run in subject.runs)
        times.add_row(
            subject.name, f"{subject.median_s:.3f}", f"{min(seconds):.3f}", f"{max(seconds):.3f}",
            f"{cpu_s:.3f}" if subject.peak_mib else "", f"{subject.size / subject.median_s / 1e9:.2f}",
            f"{subject.peak_mib:.0f}" if subject.peak_mib else "",
        )  # fmt: skip
    console.print()
    console.print(times)


def _table(*headers: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, header in enumerate(headers):
        table.add_column(header, no_wrap=True, justify="right" if header and number else "left")
    return table


def as_json(
    rows: Sequence[Row], subjects: Sequence[Subject], waits: Waits, machine: Mapping[str, Any]
) -> dict[str, Any]:
    """Return everything that was measured."""
    return {
        "machine": dict(machine),
        "table": [asdict(row) | {"verdict": row.verdict} for row in rows],
        "subjects": [
            {
                "name": subject.name,
                "bytes": subject.size,
                "runs": [
                    {"seconds": run.seconds, "cpu_s": run.cpu_s, "peak_kib": run.peak_kib} for run in subject.runs
                ],
            }
            for subject in subjects
        ],
        "acknowledgements_s": list(waits.waits_s),
    }
