"""The chart: what it shows, read back from the picture's own pixels, and that nothing breaks it."""

from datetime import timedelta
from io import BytesIO

import matplotlib.image
import numpy as np
import pytest
from incident_series import BASELINE, END, MINUTE, WINDOW, deploy, report, series

from bot.render.chart import chart
from bot.triage.summary import Series

ONSET = END - 11 * MINUTE
DEPLOY_BLUE, ERROR_RED, ONSET_AMBER = (0, 114, 178), (213, 94, 0), (230, 159, 0)
PLOT_LEFT, PLOT_WIDTH = 0.085, 0.825


def _pixels(png: bytes) -> np.ndarray:
    return (matplotlib.image.imread(BytesIO(png))[:, :, :3] * 255).round().astype(int)


def _columns(png: bytes, color: tuple[int, int, int], rows: slice) -> np.ndarray:
    """Return, as fractions of the plot's width, the columns where most of these rows have the colour."""
    picture = _pixels(png)[rows]
    share = (np.abs(picture - color).max(axis=2) <= 2).mean(axis=0)
    return (np.flatnonzero(share > 0.4) / picture.shape[1] - PLOT_LEFT) / PLOT_WIDTH


def _place(minutes_after_start: float) -> float:
    return minutes_after_start / ((END - BASELINE.start) / MINUTE)


def test_it_is_a_png_of_a_phones_proportions() -> None:
    """Slack shows it as wide as the screen; 1200 by 640 stays sharp there."""
    png = chart(report(series(ONSET), ONSET), series(ONSET))
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert _pixels(png).shape == (640, 1200, 3)


def test_the_same_report_gives_the_same_bytes() -> None:
    """A picture that is drawn again after a crash is the same picture."""
    deploys = [deploy("v214", ONSET - 3 * MINUTE, suspect=True)]
    assert len({chart(report(series(ONSET), ONSET, deploys), series(ONSET)) for _ in range(2)}) == 1


def test_deploys_stand_where_they_shipped_and_nowhere_else() -> None:
    """A line a deploy, at its minute; those before the picture have none."""
    deploys = [deploy("v213", BASELINE.start + 20 * MINUTE), deploy("v212", BASELINE.start - MINUTE)]
    columns = _columns(chart(report(series(None), None, deploys), series(None)), DEPLOY_BLUE, slice(200, 500))
    assert columns.size
    assert np.allclose(columns, _place(20), atol=0.005)


def test_the_onset_is_marked_at_its_instant() -> None:
    """The line of the onset is in no other colour."""
    quiet = series(None)
    columns = _columns(chart(report(quiet, BASELINE.start + 40 * MINUTE), quiet), ONSET_AMBER, slice(200, 500))
    assert columns.size
    assert np.allclose(columns, _place(40), atol=0.005)


def test_errors_rise_at_the_onset() -> None:
    """Baseline and window are both there: hardly anything before, bars from the onset on."""
    columns = _columns(chart(report(series(ONSET), ONSET), series(ONSET)), ERROR_RED, slice(300, 500))
    assert columns.min() == pytest.approx(_place(64), abs=0.01)
    assert columns.max() == pytest.approx(1, abs=0.02)


def test_without_the_series_the_window_is_drawn_alone() -> None:
    """The report's own minutes are enough for a picture."""
    columns = _columns(chart(report(series(ONSET), ONSET)), ERROR_RED, slice(300, 500))
    assert columns.min() == pytest.approx(
        (ONSET - WINDOW.start) / WINDOW.duration, abs=0.05
    )  # the onset shades half a minute


@pytest.mark.parametrize("name", ["$\\frac{1}{0}$", "日本語-🚀", "x" * 500, "a\tb", "<&>", ""])
def test_no_name_of_a_deploy_breaks_the_picture(name: str) -> None:
    """Names are outside text: neither mathematics nor missing glyphs (a warning is an error here)."""
    assert chart(report(series(ONSET), ONSET, [deploy(name, ONSET)]), series(ONSET))


def test_many_deploys_at_once_all_keep_their_line() -> None:
    """Labels run out of room before lines do."""
    deploys = [deploy(f"release-{n}", ONSET - timedelta(seconds=20 * n)) for n in range(12)]
    assert chart(report(series(ONSET), ONSET, deploys), series(ONSET))


@pytest.mark.parametrize("hours", [0.02, 1, 26, 24 * 9])
def test_any_length_of_log_can_be_drawn(hours: float) -> None:
    """From a minute to nine days: bars are grouped, ticks stay few."""
    seconds = int(hours * 3600)
    counted = Series(END - timedelta(seconds=seconds), (3,) * seconds, (1,) * seconds)
    assert chart(report(series(None), None), counted)


def test_a_log_without_a_single_event_can_be_drawn() -> None:
    """Nothing is a picture too, for silence is a finding."""
    nothing = Series(BASELINE.start, (0,) * 4500, (0,) * 4500)
    assert chart(report(nothing, None), nothing)
