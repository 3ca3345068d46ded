"""What a record says of an exception in fields of its own."""

import pytest

from bot.logs.exception import CAUSES_MAX, exception_of

STACK = "Error: cannot pay\n    at pay (/app/pay.js:7:1)"
CAUSE = {"type": "TimeoutError", "message": "slow", "cause": {"name": "Error", "message": "ECONNRESET"}}


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"error": {"type": "PaymentError", "message": "cannot pay", "cause": CAUSE}}, "caused by Error: ECONNRESET"),
        ({"err": {"type": "Error", "stack": STACK, "cause": CAUSE}}, "caused by Error: ECONNRESET"),
        ({"exception": {"class": "A", "innerException": {"class": "com.acme.B"}}}, "caused by B"),
        ({"exception": [{"exc_type": "A", "exc_value": "a"}, {"exc_type": "B", "exc_value": "b"}]}, "caused by B: b"),
        ({"error": {"type": "A", "cause": "words"}}, ""),
        ({"error": {"type": "A", "cause": {}}}, ""),
    ],
)
def test_the_innermost_cause_is_told(fields: dict[str, object], cause: str) -> None:
    """However the logger nests them."""
    found = exception_of(fields)
    assert found is not None
    assert found.cause == cause


def test_causes_without_end_are_followed_so_far() -> None:
    """What nests them is the log."""
    error: dict[str, object] = {"type": "Last"}
    for number in range(CAUSES_MAX * 3):
        error = {"type": f"E{number}", "cause": error}
    found = exception_of({"error": error})
    assert found is not None
    assert found.type == f"E{CAUSES_MAX * 3 - 1}"
    assert found.cause == f"caused by E{CAUSES_MAX * 2 - 1}"
