"""Signatures: the same fault reads the same, whatever ids, numbers and places it carries."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.text.signature import SIGNATURE_LIMIT, exception_signature, signature
from bot.text.stack import Stack, continues, read_stack


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order 1234 failed", "order 8f3a2c failed"),
        ("order 12345678 failed", "order deadbeef failed"),
        ("order 1234567d failed", "order 12345678 failed"),
        ("user 123e4567-e89b-12d3-a456-426614174000 gone", "user 00000000-0000-0000-0000-000000000001 gone"),
        ("connect ECONNREFUSED 10.0.0.1:5432", "connect ECONNREFUSED 192.168.7.12:5433"),
        ("no route to fe80::1", "no route to 2001:db8::ff00:42:8329"),
        ("mail to bob@example.com bounced", "mail to a.b+c@mail.example.org bounced"),
        ("timeout of 5000ms exceeded", "timeout of 1.5s exceeded"),
        ("wrote 12 MB", "wrote 3.5KiB"),
        ("open /var/lib/app/7/x.db: denied", "open /tmp/y: denied"),
        ("unknown field 'amount'", "unknown field 'price'"),
        ("cus_NffrFeUfNV2Hib not found", "cus_4QWKsZuuTHcs7X not found"),
    ],
)
def test_what_varies_does_not_tell_two_errors_apart(one: str, other: str) -> None:
    """Numbers, hex of either kind, ids, addresses, paths, quotes, durations and sizes are masked."""
    assert signature(one) == signature(other)


@pytest.mark.parametrize("text", ["can't read the user's cart", "bad face, add feed", "deadline exceeded"])
def test_words_stay(text: str) -> None:
    """Apostrophes quote nothing, and words short of eight hexadecimal letters are words."""
    assert signature(text) == text


@given(st.text(max_size=400) | st.from_regex(r"[0-9a-f:./'@ #<>msk-]{0,80}", fullmatch=True))
def test_a_signature_is_its_own_signature(text: str) -> None:
    """Masking what is masked changes nothing, and the length is bounded."""
    once = signature(text)
    assert signature(once) == once
    assert len(once) <= SIGNATURE_LIMIT


@given(st.integers(min_value=0), st.integers(min_value=0))
def test_any_two_numbers_share_a_placeholder(one: int, other: int) -> None:
    """Decimal and hexadecimal alike, of any length; a short run of letters alone is a word."""
    assume(not f"{other:x}".isalpha())
    assert signature(f"row {one} lost") == signature(f"row {other:x} lost") == "row # lost"


def test_an_exception_groups_by_type_and_own_frames_not_by_message_or_line_numbers() -> None:
    """Frames of libraries and line numbers change without the fault changing."""
    frames = ["charge (/app/src/pay.js:10)", "handle (/app/node_modules/express/layer.js:95)", "run (/app/src/r.js:3)"]
    moved = ["charge (/srv/pay.js:11)", "run (/srv/r.js:4)"]
    assert exception_signature("TypeError", "a", frames) == exception_signature("TypeError", "b", moved)
    assert exception_signature("TypeError", "a", frames) != exception_signature("RangeError", "a", frames)
    assert exception_signature("TypeError", "a", frames) != exception_signature("TypeError", "a", frames[1:])


def test_an_exception_without_frames_groups_by_type_and_masked_message() -> None:
    """The message is all there is then."""
    assert exception_signature("E", "id 1", ()) == exception_signature("E", "id 22", ()) == "E: id #"


PYTHON = """Traceback (most recent call last):
  File "/a.py", line 3, in main
    f()
  File "/b.py", line 9, in f
    raise ValueError("x")
ValueError: x"""


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [
        ("TypeError: x\n    at charge (/app/pay.js:10:5)\n    at async /app/r.js:3:1", "TypeError", "charge (/app/pay.js:10)"),
        (
            PYTHON,
            "ValueError",
            "f (/b.py:9)",
        ),
        (
            "java.io.IOException: x\n\tat com.acme.Pay.charge(Pay.java:10)\n\t... 3 more",
            "java.io.IOException",
            "com.acme.Pay.charge (Pay.java:10)",
        ),
        ("main.charge(0xc000)\n\t/app/main.go:10 +0x1d", "", "main.charge (/app/main.go:10)"),
        ("System.Exception: x\n   at A.B(Int32 i) in C:\\src\\b.cs:line 12", "System.Exception", "A.B(Int32 i) (C:\\src\\b.cs:12)"),
    ],
)  # fmt: skip
def test_stacks_of_all_languages_read_alike(text: str, kind: str, first: str) -> None:
    """Type and innermost frame come out in one form."""
    stack = read_stack(text)
    assert (stack.type, stack.frames[0]) == (kind, first)


JAVA_CHAIN = """java.lang.RuntimeException: failed
\tat Checkout.pay(Checkout.java:10)
\tat Ctl.post(Ctl.java:20)
\tSuppressed: java.io.IOException: not closed
\t\tat Pool.close(Pool.java:7)
\tCaused by: java.io.EOFException: gone
\t\tat Pool.flush(Pool.java:9)
Caused by: com.acme.ChargeException: no answer
\tat Gateway.send(Gateway.java:5)
\t... 5 more
Caused by: java.net.SocketTimeoutException: Read timed out
\tat Client.charge(Client.java:30)
\t... 6 more"""
JAVA_FRAMES = ("Checkout.pay (Checkout.java:10)", "Ctl.post (Ctl.java:20)")
PYTHON_CHAIN = """Traceback (most recent call last):
  File "/client.py", line 3, in charge
    read()
requests.exceptions.ReadTimeout: read timed out

{link}

Traceback (most recent call last):
  File "/ctl.py", line 3, in post
    pay()
  File "/checkout.py", line 4, in pay
    raise RuntimeError("failed")
RuntimeError: failed"""
DIRECT = "The above exception was the direct cause of the following exception:"
DURING = "During handling of the above exception, another exception occurred:"
DOTNET_CHAIN = """System.InvalidOperationException: failed
 ---> Acme.ChargeException: no answer
 ---> System.Net.Sockets.SocketException (110): Connection timed out
   at Acme.Client.Charge() in /src/Client.cs:line 30
   --- End of inner exception stack trace ---
   at Acme.Gateway.Send() in /src/Gateway.cs:line 5
   --- End of inner exception stack trace ---
   at Acme.Checkout.Pay() in /src/Checkout.cs:line 10
   at Acme.Ctl.Post() in /src/Ctl.cs:line 20"""
DOTNET_FRAMEWORK_CHAIN = DOTNET_CHAIN.replace("\n --->", " --->")
DOTNET_FRAMES = ("Acme.Checkout.Pay() (/src/Checkout.cs:10)", "Acme.Ctl.Post() (/src/Ctl.cs:20)")
DOTNET_AGGREGATE = f"""{DOTNET_CHAIN}
 ---> (Inner Exception #0) Acme.ChargeException: no answer
   at Acme.Gateway.Send() in /src/Gateway.cs:line 5<---
"""
NODE_CHAIN = """Error: failed
    at pay (/app/checkout.js:10:5)
    at post (/app/ctl.js:20:5) {
  code: 'E_CHARGE',
  [cause]: TimeoutError: read timed out
      at charge (/app/client.js:30:5) {
    errno: -110
  }
}"""
PINO_CHAIN = """Error: failed
    at pay (/app/checkout.js:10:5)
    at post (/app/ctl.js:20:5)
caused by: TimeoutError: read timed out
    at charge (/app/client.js:30:5)"""
NODE_FRAMES = ("pay (/app/checkout.js:10)", "post (/app/ctl.js:20)")


@pytest.mark.parametrize(
    ("text", "kind", "frames", "cause"),
    [
        (JAVA_CHAIN, "java.lang.RuntimeException", JAVA_FRAMES, "caused by SocketTimeoutException: Read timed out"),
        (PYTHON_CHAIN.format(link=DIRECT), "RuntimeError", ("pay (/checkout.py:4)", "post (/ctl.py:3)"), "caused by ReadTimeout: read timed out"),
        (PYTHON_CHAIN.format(link=DURING), "RuntimeError", ("pay (/checkout.py:4)", "post (/ctl.py:3)"), "while handling ReadTimeout: read timed out"),
        (DOTNET_CHAIN, "System.InvalidOperationException", DOTNET_FRAMES, "caused by SocketException (110): Connection timed out"),
        (DOTNET_FRAMEWORK_CHAIN, "System.InvalidOperationException", DOTNET_FRAMES, "caused by SocketException (110): Connection timed out"),
        (DOTNET_AGGREGATE, "System.InvalidOperationException", DOTNET_FRAMES, "caused by SocketException (110): Connection timed out"),
        (NODE_CHAIN, "Error", NODE_FRAMES, "caused by TimeoutError: read timed out"),
        (PINO_CHAIN, "Error", NODE_FRAMES, "caused by TimeoutError: read timed out"),
    ],
    ids=["java", "python, from", "python, while handling", ".net", ".net framework", ".net aggregate", "node", "pino"],
)  # fmt: skip
def test_chained_exceptions_read_as_the_outermost_with_its_own_frames_and_the_root_cause(
    text: str, kind: str, frames: tuple[str, ...], cause: str
) -> None:
    """Frames of two exceptions in one row would name a caller that never called."""
    assert read_stack(text) == Stack(kind, "failed", frames, cause)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    at charge (/app/pay.js:10:5)", True),
        ("Caused by: java.io.IOException: x", True),
        ("ValueError: x", True),
        ("... 12 more", True),
        ('{"level":"err', False),
        ("not json at all", False),
        ("Killed", False),
    ],
)
def test_a_stack_trace_is_told_from_rubbish(line: str, expected: bool) -> None:
    """A torn record and stray words never continue a trace."""
    assert continues(line) is expected
