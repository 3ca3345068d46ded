"""The picture of an incident: errors a minute over baseline and window, the onset, the deploys. PNG, read on a phone.

Importing this module costs half a second (matplotlib): import it only where something is drawn. Nothing global is used
(no pyplot), so that any thread may draw, and the same report gives the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.render.words import count, percent
from bot.triage.summary import Change, Report, Series

WIDTH_PX, HEIGHT_PX, DPI = 1200, 640, 100
BARS_MAX = 150  # more minutes than these are averaged in groups, so that a bar stays wider than a hair
TICKS_MAX = 8
FEW_ERRORS = 5  # the least the axis spans, so that one error in a quiet hour does not look like a disaster
ROW_HEIGHT = 0.048  # of the picture: a line of _SMALL type
LABEL_COLUMNS = 85  # characters of _SMALL type that the plot is wide
LABEL_ROWS = 3  # of deploy labels; a further deploy keeps its line and loses its label
LABEL_LENGTH = 18

# Okabe and Ito's palette, which the colour-blind can tell apart; every mark also has a shape of its own.
_ERRORS, _DEPLOY, _ONSET = "#D55E00", "#0072B2", "#E69F00"
_ONSET_TEXT, _TEXT, _QUIET = "#8A5A00", "#1F2328", "#57606A"
_TRAFFIC, _WINDOW = "#DFE3E8", "#F1F3F6"
_LARGE, _NORMAL, _SMALL = 24, 18, 15  # points at 100 dpi: readable at a third of the size
_TICK_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)


@dataclass(frozen=True, slots=True)
class _Bars:
    """Events and errors a minute, bar by bar. Positions are minutes after `start`."""

    start: datetime
    minutes: float
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    events: tuple[float, ...]
    errors: tuple[float, ...]

    def position(self, at: datetime) -> float:
        """Return where an instant stands."""
        return (at - self.start).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class _Label:
    """A vertical line and its words; `row` counts upwards from the plot, None where there was no room."""

    at: datetime
    text: str
    color: str
    strong: bool
    dashed: bool = True
    row: int | None = None
    middle: float = 0.0


def chart(report: Report, series: Series | None = None) -> bytes:
    """Return the PNG, 1200 x 640 pixels.

    Args:
        report: Scope, onset and deploys.
        series: Second by second over baseline and window; without it only the window is drawn.
    """
    bars = _bars_of_window(report) if series is None else _bars_of_series(series, report)
    figure = Figure(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    labels = _labels(bars, report)
    rows = max((label.row + 1 for label in labels if label.row is not None), default=0)
    errors = figure.add_axes((0.085, 0.135, 0.825, 0.675 - rows * ROW_HEIGHT))
    traffic = errors.twinx()
    errors.set_zorder(traffic.get_zorder() + 1)
    errors.patch.set_visible(False)
    _draw_traffic(traffic, bars, report)
    _draw_errors(errors, bars)
    _draw_onset(errors, bars, report)
    _draw_labels(errors, bars, labels)
    _draw_titles(figure, bars, report)
    picture = BytesIO()
    canvas.print_png(picture, metadata={"Software": None})  # type: ignore[no-untyped-call]
    return picture.getvalue()


def _bars_of_window(report: Report) -> _Bars:
    minutes = report.scope.per_minute
    seconds = [
        (minute.start, min(60.0, (report.window.end - minute.start).total_seconds()), minute.events, minute.errors)
        for minute in minutes
    ]
    return _bars(report.window.start, report.window.end, seconds)


def _bars_of_series(series: Series, report: Report) -> _Bars:
    """Return the bars of baseline and window; they meet at the window's start, whatever its second."""
    length = len(series.events)
    step = 60 * -(-length // (60 * BARS_MAX))
    window_at = int((report.window.start - series.start).total_seconds())
    edges = sorted({0, length, *range(window_at % step, length, step)})
    groups = [
        (series.start + timedelta(seconds=a), float(b - a), sum(series.events[a:b]), sum(series.errors[a:b]))
        for a, b in pairwise(edges)
    ]
    return _bars(series.start, series.start + timedelta(seconds=length), groups)


def _bars(start: datetime, end: datetime, groups: Sequence[tuple[datetime, float, int, int]]) -> _Bars:
    """Return the bars of (start, seconds, events, errors); a short one is scaled up to what a minute would have had."""
    return _Bars(
        start=start,
        minutes=(end - start).total_seconds() / 60,
        lefts=tuple((at - start).total_seconds() / 60 for at, *_ in groups),
        widths=tuple(seconds / 60 for _, seconds, _, _ in groups),
        events=tuple(events * 60 / seconds for _, seconds, events, _ in groups),
        errors=tuple(errors * 60 / seconds for _, seconds, _, errors in groups),
    )


def _draw_errors(axes: Axes, bars: _Bars) -> None:
    widths = [width * 0.86 for width in bars.widths]
    axes.bar(bars.lefts, bars.errors, width=widths, align="edge", color=_ERRORS, linewidth=0)
    axes.set_xlim(0, bars.minutes)
    axes.set_ylim(0, max(*bars.errors, FEW_ERRORS) * 1.08 if bars.errors else FEW_ERRORS)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ticks = list(_ticks(bars))
    axes.set_xticks([bars.position(tick) for tick in ticks], [f"{tick:%H:%M}" for tick in ticks])
    axes.tick_params(labelsize=_NORMAL, labelcolor=_TEXT, color=_QUIET, length=5)
    axes.tick_params(axis="y", labelcolor=_ERRORS, length=0)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_QUIET)


def _draw_traffic(axes: Axes, bars: _Bars, report: Report) -> None:
    """Draw all events as a backdrop on an axis of their own, and the window's ground."""
    axes.axvspan(bars.position(report.window.start), bars.position(report.window.end), color=_WINDOW, linewidth=0)
    edges = [*bars.lefts, bars.minutes]
    if bars.events:
        axes.stairs(bars.events, edges, fill=True, color=_TRAFFIC, linewidth=0)
    axes.set_ylim(0, max(*bars.events, 1) * 1.8 if bars.events else 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.tick_params(axis="y", labelsize=_SMALL, labelcolor=_QUIET, length=0)
    for side in ("top", "left", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _draw_onset(axes: Axes, bars: _Bars, report: Report) -> None:
    """Shade the interval that the onset certainly lies in."""
    onset = report.scope.onset
    if onset is not None:
        earliest, latest = max(bars.position(onset.earliest), 0), min(bars.position(onset.latest), bars.minutes)
        axes.axvspan(earliest, latest, color=_ONSET, alpha=0.35, linewidth=0)


def _labels(bars: _Bars, report: Report) -> list[_Label]:
    """Return onset and deploys inside the picture, oldest first, each in the first row where it meets no other."""
    found = [
        _Label(change.at, _words(change), _DEPLOY, strong=change.suspect)
        for change in report.changes
        if change.kind == "deploy"
    ]
    if report.scope.onset is not None:
        at = report.scope.onset.at
        found.append(_Label(at, f"began {at:%H:%M}", _ONSET, strong=True, dashed=False))
    free_from = [float("-inf")] * LABEL_ROWS
    placed = []
    for label in sorted(found, key=lambda label: (label.at, label.text)):
        position = bars.position(label.at)
        if not 0 <= position <= bars.minutes:
            continue
        width = (len(label.text) + 2) * bars.minutes / LABEL_COLUMNS
        left = min(max(position - width / 2, 0), bars.minutes - width)
        row = next((row for row, free in enumerate(free_from) if left >= free), None)
        if row is not None:
            free_from[row] = left + width
        placed.append(replace(label, row=row, middle=left + width / 2))
    return placed


def _words(deploy: Change) -> str:
    return f"{_drawable(deploy.name)} {deploy.at:%H:%M}{' suspect' if deploy.suspect else ''}"


def _draw_labels(axes: Axes, bars: _Bars, labels: Sequence[_Label]) -> None:
    """Draw each line up to its label, and the label."""
    height = axes.get_position().height
    for label in labels:
        foot = 1.0 if label.row is None else 1 + (0.012 + label.row * ROW_HEIGHT) / height
        axes.axvline(
            bars.position(label.at),
            ymax=foot,
            clip_on=False,
            color=label.color,
            linewidth=4 if label.strong else 2,
            linestyle=(0, (3, 1.5)) if label.dashed else "solid",
        )
        if label.row is None:
            continue
        axes.text(
            label.middle,
            foot,
            label.text,
            transform=axes.get_xaxis_transform(),
            ha="center",
            va="bottom",
            fontsize=_SMALL,
            color=_ONSET_TEXT if label.color == _ONSET else label.color,
            weight="bold" if label.strong else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            parse_math=False,
        )


def _draw_titles(figure: Figure, bars: _Bars, report: Report) -> None:
    end = bars.start + timedelta(minutes=bars.minutes)
    figure.text(0.03, 0.925, "Errors a minute", fontsize=_LARGE, weight="bold", color=_ERRORS)
    figure.text(0.03, 0.872, _subtitle(report), fontsize=_NORMAL, color=_TEXT, parse_math=False)
    figure.text(0.97, 0.925, f"{bars.start:%d %b %H:%M} to {end:%H:%M} UTC", fontsize=_NORMAL, color=_QUIET, ha="right")
    figure.text(0.97, 0.035, "grey: all events a minute", fontsize=_SMALL, color=_QUIET, ha="right")


def _subtitle(report: Report) -> str:
    scope = report.scope
    minutes = round(report.window.duration.total_seconds() / 60)
    said = f"{count(scope.errors, 'error')} in {count(scope.events, 'event')} in {minutes} min"
    if scope.error_rate is None:
        return f"no events in {minutes} min"
    before = f"; {percent(scope.baseline_rate)} before" if scope.baseline_rate is not None else ""
    return f"{said}: {percent(scope.error_rate)}{before}"


def _ticks(bars: _Bars) -> Iterator[datetime]:
    """Yield round instants, at most TICKS_MAX of them."""
    fitting = (step for step in _TICK_STEPS_MIN if bars.minutes / step <= TICKS_MAX)
    step = timedelta(minutes=next(fitting, 1440 * -(-int(bars.minutes) // (1440 * TICKS_MAX))))
    midnight = bars.start.replace(hour=0, minute=0, second=0, microsecond=0)
    tick = midnight - (midnight - bars.start) // step * step
    while bars.position(tick) <= bars.minutes:
        if bars.position(tick) >= 0:
            yield tick
        tick += step


def _drawable(name: str) -> str:
    """Return a name in characters that the font has, and no longer than a label may be."""
    short = name if len(name) <= LABEL_LENGTH else name[: LABEL_LENGTH - 1] + "…"
    return "".join(
        character if character == "…" or (character.isprintable() and ord(character) < 0x250) else "?"
        for character in short
    )
