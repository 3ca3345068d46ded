"""What may be told apart before a signature is worked out: never what the signature tells apart, and little more."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.logs.fast.signatures import alike
from bot.text.signature import signature

HEX = st.text("0123456789abcdef", min_size=1, max_size=16)
UUIDS = st.uuids().map(str)
PIECES = st.one_of(
    HEX,
    UUIDS,
    st.integers(0, 10**12).map(str),
    st.sampled_from(
        [*" .,:;-_/\\\"'`@()[]=+#%", "ms", " ms", "s", "kB", " bytes", "://", "http://", "@example.test", "10.0.0.1", "::1",
         "fe80::", "timeout", "Order", "at fn (", "/srv/app/", "C:\\\\", "T", "Z", "é", "<uuid>", "dead", "beef", "d", "b"]
    ),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
@settings(max_examples=600, deadline=None)
@example("abcdef12://x 1bcdef12://x")
@example("968a8f331ec7 ms and 12345678 ms")
@example("7b6e9f00-aaaa-bbbb-cccc-0123456789ab@example.test")
def test_texts_that_are_taken_for_alike_have_one_signature(text: str) -> None:
    """Digits and ids that were masked before mask alike."""
    (masked,) = alike([text.encode()])
    assert signature(masked.decode()) == signature(text)


@given(UUIDS, UUIDS, st.integers(0, 999_999))
def test_ids_are_taken_for_alike(one: str, other: str, number: int) -> None:
    """UUIDs, and runs of digits and letters of one length that begin alike."""
    texts = [
        f"Session {one} of user {number:06} has expired".encode(),
        f"Session {other} of user 123456 has expired".encode(),
    ]
    first, second = alike(texts)
    if one[0].isdigit() == other[0].isdigit():
        assert first == second
    assert alike([b"item 9a0b1c2d3e4f"]) == alike([b"item 0f0f0f0f0f0f"])


def test_where_a_digit_means_more_it_is_kept() -> None:
    """In a hexadecimal number with its mark, in a coded character, and in a text that is cut."""
    for text in (b"at 0x12", rb"caf\\u00e9 2", b"7" * 3000):
        assert alike([text, b"other"]) == [text, b"other"]
