"""Redaction: nothing planted survives, nothing innocent is touched, and no line costs more than its length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import PASSWORD, TOKENS, planted

from bot.text.redact import redact

PLANTED = planted()
INNOCENT = (
    "GET /cart/42?page=2&sort=price 200 in 31 ms",
    "correlationId=8f14e45f-ceea-467f-a9c8-7d0e3f1b2a3c",
    '{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}',
    "request 01HZY3M8T9Q2V5W7X0A1B2C3D4 failed",
    "session_id=8f14e45f-ceea-467f-a9c8-7d0e3f1b2a3c",
    "Revert 81fa94f0e5a4f1b3a1e6b3a1e6b3a1e6b3a1e6b3",
    "v214 (81fa94f) is live on 10.0.12.7, 172.16.3.4 and 192.168.1.20:8080",
    "at 2026-03-02T12:00:00.123Z, epoch 1772452800123, ns 1772452800123456789",
    "2026-03-02 12:00:00 +0200 up 12345678 s, read 1234567890123456 bytes",
    "order 1234567890 of customer 9876543 is 1,299.00 EUR",
    "tokens=1200 max_tokens: 4096 token_count=5 tokenizer=bpe",
    "Unexpected token: } in JSON at position 4",
    "password=null secret=false token: none",
    "password_reset=done for user 12, secretary=Bob, author=Eve, authority=eu",
    "Basic authentication failed; bearer authentication is off",
    "cache_key=cart:42 primary_key=id partition_key=7 keyboard=de",
    "spin=12 mapping=3 bypass=true compass: north",
    "http://localhost:4873/@scope/pkg and https://api.example:8443/v1?x=1",
    "clone git@github.com:acme/shop.git at logo@2x.png",
    "react@18.2.0 lodash@4.17.21 in node_modules/.pnpm/express@4.18.2/index.js",
    "TypeError: Cannot read properties of undefined (reading 'id') at pay (/app/src/pay.js:42:13)",
    'File "/srv/app/pay.py", line 42, in charge',
    "java.lang.IllegalStateException: no rate at com.acme.Pay.charge(Pay.java:42)",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Kürzungen: 3 Fehler, größte 12 %",
    "4111111111111112 fails Luhn",
    "",
)
HOSTILE = (
    "a", "-", ".", "@", "a@", "a.", "://", "://a:", "eyJ", "eyJa.", '"', '\\"', "'", "password", "password=", 'password="', "pass",
    "token ", "cookie: ", "authorization:", "bearer ", "-----BEGIN PRIVATE KEY-----", "-----BEGIN ", "1", "4 ", "4111 ", "+1 ", "1-",
    "%", "%40", "%22", "%3A%2F%2F", "%253d", "key", "api key ", "<password ", "<a", "secret\\", "sk-", "sk-aa-", "gl", "sess",
    "--", "--a-", "-u a:", "identified by ", "a:b@", "[", "{", "secret[", "secret,", " ", "\n", "password\n", "phone", "x-amz-", "sig=", "é", "a%",
)  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_no_planted_secret_survives(name: str) -> None:
    """Every kind, in every dress it was seen in."""
    line, secrets = PLANTED[name]
    redacted = redact(line)
    assert not [secret for secret in secrets if secret in redacted], redacted
    assert "[redacted: " in redacted


def test_the_table_of_planted_secrets_is_a_wide_one() -> None:
    """A promise about "every kind" needs many kinds."""
    assert len(PLANTED) >= 100


@pytest.mark.parametrize("line", INNOCENT)
def test_innocent_text_stays_as_it_is(line: str) -> None:
    """Ids, hashes, addresses and numbers are what an incident is solved with."""
    assert redact(line) == line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f'{{"user":"bob","password":"{PASSWORD}","n":1}}', '{"user":"bob","password":"[redacted: password]","n":1}'),
        (f"a=1 password={PASSWORD}, b=2", "a=1 password=[redacted: password], b=2"),
        (f"postgres://app:{PASSWORD}@db:5432/shop", "postgres://app:[redacted: password]@db:5432/shop"),
        (f"/x?a=1&api_key={'k' * 20}&b=2", "/x?a=1&api_key=[redacted: key]&b=2"),
        (f"push with {TOKENS['github personal']} failed", "push with [redacted: github token] failed"),
        (f"login with password={PASSWORD}&3 failed", "login with password=[redacted: password] failed"),
        (f"Authorization: Bearer {TOKENS['jwt']} sent", "Authorization: [redacted: authorization] sent"),
        ("mail to bob" + "@shop.example bounced", "mail to [redacted: email] bounced"),
    ],
)
def test_what_stands_around_a_secret_stays(line: str, expected: str) -> None:
    """The line still tells what happened."""
    assert redact(line) == expected


@pytest.mark.parametrize("name", PLANTED)
def test_redacting_twice_is_redacting_once(name: str) -> None:
    """What is stored redacted is redacted again where it leaves."""
    once = redact(PLANTED[name][0])
    assert redact(once) == once


@settings(max_examples=300, deadline=None)
@given(
    before=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\\"), max_size=40),
    after=st.text(max_size=40),
    name=st.sampled_from(sorted(TOKENS)),
)
def test_a_known_token_is_found_between_any_other_words(before: str, after: str, name: str) -> None:
    """Whatever stands before or behind, behind a space."""
    assert TOKENS[name] not in redact(f"{before} {TOKENS[name]} {after}")


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_can_be_redacted(text: str) -> None:
    """Lone surrogates, controls and nonsense included."""
    assert isinstance(redact(text), str)


@pytest.mark.parametrize("part", HOSTILE)
def test_cost_grows_with_length_and_not_with_its_square(part: str) -> None:
    """Four times the line is about four times the work (sixteen would be a square); 100 KB of each."""
    small, large = (_cost((part * (size // len(part) + 1))[:size] + "!") for size in (25_000, 100_000))
    assert large < 9 * small + 0.01


def _cost(text: str) -> float:
    """Return the processor time of the quickest of three."""
    costs = []
    for _ in range(3):
        start = time.process_time()
        redact(text)
        costs.append(time.process_time() - start)
    return min(costs)
