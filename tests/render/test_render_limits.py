"""What is too long is counted, not cut."""

from hypothesis import given
from hypothesis import strategies as st

from bot.render.blocks import section
from bot.render.limits import SECTION_TEXT, fit_blocks, fit_lines


@given(st.lists(st.text(alphabet="ab`", min_size=1, max_size=400), min_size=1, max_size=40))
def test_lines_are_kept_whole_or_counted(lines):
    """Every line stands whole, or in the count at the end."""
    fitted = fit_lines(lines)
    assert len(fitted) <= SECTION_TEXT
    shown = fitted.split("\n")
    if len(shown) < len(lines) or shown[-1] != lines[-1]:
        assert shown[:-1] == lines[: len(shown) - 1]
        assert shown[-1].startswith(f"… {len(lines) - len(shown) + 1} more line")


def test_blocks_past_the_limit_are_folded_with_words():
    """The first and the last stay, and what is missing is said."""
    fitted = fit_blocks([section(str(number)) for number in range(60)])
    assert len(fitted) == 50
    assert fitted[-1] == section("59")
    assert fitted[-2]["elements"][0]["text"] == "… 11 parts left out"
