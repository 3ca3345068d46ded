"""What a template says of a line is what the parser says of it: whatever its digits and ids are."""

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import orjson
import pytest

from bot.logs.blocks import PADDING, Block
from bot.logs.decode import Decoder, look
from bot.logs.fast import templates
from bot.logs.fast.block import Lines
from bot.logs.fast.parsed import Asked, Parser
from bot.logs.fast.probe import NEVER_ASKED
from bot.logs.fast.templates import Templates
from bot.logs.file import FileLogSource
from bot.logs.flatten import Scalar
from bot.logs.format import Format
from bot.logs.record import fields_of, read_record
from bot.logs.times import Reckoning
from bot.triage.summary import LogRequest, Span
from tests.logs.dialect_lines import SAMPLES, TEXTS, WRAPPERS
from tests.logs.make import write

PLAIN = [line for sample in TEXTS.values() for line in (sample.fine, sample.failed)]
WRAPPED = [
    wrap(line, 0)
    for wrap in WRAPPERS.values()
    for line in (*PLAIN[:6], *(sample.failed for sample in list(SAMPLES.values())[:3]))
]
MORE = (
    "2026-11-23 13:52:01,123 INFO shop.orders: request 17 took 170 ms for user_id=94",
    "2026-11-23T13:52:01Z [error] pay: charge 5 failed request_id=baa5e64bcc5a2b78 status=502",
    "2026-11-23 13:52:01 job-7 [worker-3] WARN a.b.C : 4bf92f35-77b3-4da6-a3ce-929d0e0e4736 is late by 12.5s",
    "2026-11-23 13:52:01 served 12 of 20 at deadbee1 status=500 a1=3 a2=4",
    "2026-11-23 13:52:01.5 INFO x=1 y=01 z=abc%d user=u7@shop.example",
    '2026-11-23 13:52:01 INFO said "7" and \\8',
    '10.0.0.1 - ann [23/Nov/2026:13:52:01 +0000] "GET /pay?id=7 HTTP/1.1" 500 12 "-" "curl/8.0" rt=0.05',
    "Nov 23 13:52:01 web-1 shop[42]: INFO order 7 placed",
    "<11>Nov 23 13:52:01 web-1 shop[42]: order 7 placed",
    "2026-11-23 13:52:01 INFO 0123456789abcdef=7 12345678abc",
)
DIGITS, HEX = "0123456789", "0123456789abcdef"
WORD = re.compile(r"[0-9a-f]{8,}|\d")


def alike(line: str, chance: random.Random) -> str:
    """Return a line with other digits, sometimes also in its time, and other hexadecimal words."""
    if chance.random() < 0.1:
        line = line.replace("13:52", f"{chance.randrange(30):02d}:{chance.randrange(70):02d}")
    keep = re.search(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d/\w+/\d{4}[:\d]{6}|\w{3} \d\d \d\d:\d\d", line)
    begin, end = keep.span() if keep and chance.random() < 0.95 else (0, 0)
    return WORD.sub(
        lambda word: (
            word[0]
            if begin <= word.start() < end
            else "".join(chance.choice(HEX if len(word[0]) > 1 else DIGITS) for _ in word[0])
        ),
        line,
    )


def by_parser(form: Format, raw: bytes) -> tuple[int, bool, bool, Mapping[str, Scalar]] | None:
    """Return what the parser says of a line that is a record by itself."""
    drafts = Decoder(form).decode(raw).drafts
    if len(drafts) != 1 or drafts[0].at is None:
        return None
    return *drafts[0].at, read_record(drafts[0]).is_error, asked(fields_of(drafts[0]))


def asked(fields: Mapping[str, Scalar]) -> Mapping[str, Scalar]:
    """Return those of the fields that anybody asks for."""
    return {name: value for name, value in fields.items() if name not in NEVER_ASKED}


def read(parser: Parser, texts: list[str]) -> dict[int, tuple[int, bool, bool, Mapping[str, Scalar]]]:
    """Return what is said of some lines, by their numbers."""
    data = "\n".join(texts).encode()
    room = memoryview(data + bytes(PADDING))
    lines = Lines(Block(0, room[: len(data)], room))
    wanted = Asked(lambda _us, _failed: True, lambda name: name not in NEVER_ASKED, 0)
    found = parser.read(lines, np.arange(len(lines)), wanted)
    said = zip(found.rows.tolist(), found.us.tolist(), found.naive.tolist(), found.is_error.tolist(), strict=True)
    return {row: (us, naive, failed, asked(orjson.loads(found.objects.line(row)))) for row, us, naive, failed in said}


def form_of(texts: list[str]) -> Format:
    """Return how some lines are written; the year of those that carry none is known."""
    hints = Format(reckoning=Reckoning(until=datetime(2026, 12, 1, tzinfo=UTC)))
    return look([text.encode() for text in texts], hints)


@pytest.fixture(autouse=True)
def learns_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line is worth a template."""
    monkeypatch.setattr(templates, "FREE", 1 << 20)


@pytest.mark.parametrize("seed", range(6))
def test_every_line_is_read_as_by_the_parser(seed: int) -> None:
    """Any layout in any wrapper, its times right or not, its status a failure or none, its names made of digits."""
    chance = random.Random(seed)
    kinds = chance.sample([*PLAIN, *WRAPPED, *MORE], 40) + list(MORE)
    texts = [alike(chance.choice(kinds), chance) for _ in range(1200)]
    form = form_of(texts[:200])
    parser = Parser(form)
    found = read(parser, texts)
    for number, text in enumerate(texts):
        said = by_parser(form, text.encode())
        if said is None:
            assert number not in found, text
            continue
        assert found[number] == said, text


@pytest.mark.parametrize("line", [MORE[0], MORE[1], MORE[2], MORE[6], MORE[7]])
def test_lines_that_differ_in_digits_and_ids_need_no_parser(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the third of a kind at the latest, as long as there is such a time."""
    texts = [line, line, *(alike(line, random.Random(number)) for number in range(100))]
    parser = Parser(form_of(texts))
    read(parser, texts[:2])
    monkeypatch.setattr(parser, "_by_parser", lambda *_: None)
    assert len(read(parser, texts)) > len(texts) * 0.8


HARD = (
    ("2026-11-23 13:52:01 DEBUG8: status=500 order placed", "2026-11-23 13:52:01 DEBUG3: status=500 order placed"),
    ("Nov 23 13:52:01 web debug7: order placed status=500", "Nov 23 13:52:01 web debug3: order placed status=500"),
    ("Nov 23 13:52:01 ab12cd34 INFO hello", "Nov 23 13:52:01 1999abcd INFO hello"),
    ("2026-11-23 13:52:01-ab12cd34 INFO hello", "2026-11-23 13:52:01-12ab34cd INFO hello"),
    (
        "2026-11-23 13:52:01 INFO (3f2a9b1c-4b5d-4a1b-8c1d-1a2b3c4d5e6f) shop.orders - placed",
        "2026-11-23 13:52:01 INFO (3f2a9b1c-4b5d-4a1b-8c1d-123456789012) shop.orders - placed",
    ),
    ("Nov 23 13:52:01 2026 shop[42]: order", "Nov 23 13:52:01 2019 shop[42]: order"),
    (
        'web-1 | {"log":"2026-11-23T13:52:01Z INFO hi \\u5432k=5\\n","stream":"stdout"}',
        'web-1 | {"log":"2026-11-23T13:52:01Z INFO hi \\u0020k=5\\n","stream":"stdout"}',
    ),
    (
        'web-1 | {"log":"2026-11-23T13:52:01Z INFO hi\\n","stream":"stdout","n":12}',
        'web-1 | {"log":"2026-11-23T13:52:01Z INFO hi\\n","stream":"stdout","n":02}',
    ),
    (
        "2026-11-23 13:52:01 INFO [worker-5] took 155 ms for 5 of 55 items shard=5",
        "2026-11-23 13:52:01 INFO [worker-4] took 123 ms for 7 of 89 items shard=6",
    ),
    (
        '10.0.0.1 - - [23/Nov/2026:13:52:01 +0000] "GET /pay HTTP/1.1" 200 12 "-" "curl" level=100',
        '10.0.0.1 - - [23/Nov/2026:13:52:01 +0000] "GET /pay HTTP/1.1" 200 12 "-" "curl" level=012',
    ),
    ("2026-11-23T13:52:01.5Z stdout F grid.cell(5x3) ", "2026-11-23T13:52:01.5Z stdout F grid.cell(0x3) "),
    ("2026-11-23 13:52:01 " + "a1" * 50 + " ERROR boom", "2026-11-23 13:52:01 " + "a" * 99 + "1 ERROR boom"),
    ("2026-11-23 13:52:01 INFO a1=1 a2=2", "2026-11-23 13:52:01 INFO a1=1 a1=2"),
    ("<11>1 2026-11-23T13:52:01Z web shop 4 - - order", "<11>2 2026-11-23T13:52:01Z web shop 4 - - order"),
)
"""A line, and one that differs from it in digits and ids alone but means something else; lines of any length."""


@pytest.mark.parametrize("padding", range(12))
@pytest.mark.parametrize(("learnt", "other"), HARD)
def test_where_a_digit_means_more_the_parser_is_asked(learnt: str, other: str, padding: int) -> None:
    """A level, a zone, a year, an escape, a constant, a name, or one value that looks like another."""
    more = " " + "x" * padding if padding else ""
    texts = [learnt + more] * 3 + [other + more]
    form = form_of(texts)
    found = read(Parser(form), texts)
    for number, text in enumerate(texts):
        assert found.get(number) == by_parser(form, text.encode()), text


def test_a_request_that_was_never_answered_is_what_the_parser_says_it_is() -> None:
    """Nginx writes 000 where a client hung up; among JSON such a line is no record, where others are."""
    answered = MORE[6].replace(" 500 ", " 200 ")
    texts = [answered, answered, answered, answered.replace(" 200 ", " 000 ")]
    form = form_of(['{"level":30,"time":1795441921000,"msg":"x"}'] * 10)
    found = read(Parser(form), texts)
    assert [found.get(number) for number in range(4)] == [by_parser(form, text.encode()) for text in texts]


def test_a_line_of_other_words_has_no_template() -> None:
    """Though all its letters of hexadecimal digits stand where the other line has some."""
    form = form_of([MORE[0]])
    known = Templates(form)
    raw = MORE[0].encode()
    (draft,) = Decoder(form).decode(raw).drafts
    known.learn(raw, draft, has_writer=False)
    known.learn(raw, draft, has_writer=False)
    assert known.of(raw) is not None
    assert known.of(raw.replace(b"170 ms", b"999 ms")) is not None
    assert known.of(raw.replace(b"took", b"book")) is None
    assert known.of(raw.replace(b"170 ms", b"1a0 ms")) is None


def test_the_end_of_a_record_in_parts_has_no_template() -> None:
    """It looks like a whole one; what began it is in an earlier line."""
    whole = "2026-11-23T13:52:01.123456789Z stdout F 2026-11-23T13:52:01Z INFO order 7"
    part = whole.replace(" F ", " P ")
    parser = Parser(form_of([whole]))
    assert sorted(read(parser, [whole] * 4)) == [0, 1, 2, 3]
    assert sorted(read(parser, [whole, part, whole, whole])) == [0, 3]


def test_messages_that_stand_for_the_user_are_counted(tmp_path: Path) -> None:
    """As the configuration may have it: then what a template does not keep is asked for."""
    path = write(
        tmp_path / "app.log", "".join(f"2026-11-23 13:52:0{i % 10} INFO order {i} placed\n" for i in range(400))
    )
    start = datetime(2026, 11, 23, 13, tzinfo=UTC)
    window = Span(start + timedelta(minutes=50), start + timedelta(minutes=60))
    found = FileLogSource([path]).summarize(LogRequest(Span(start, window.start), window, user_fields=("message",)))
    assert found.users is not None
    assert (found.users.seen, found.users.coverage) == (400, 1.0)


def test_shapes_of_hexadecimal_words_are_no_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of short hashes each line has another: the parser reads them, and nothing is learnt of each."""
    learnt: list[bytes] = []
    template_of = templates.template_of
    monkeypatch.setattr(templates, "template_of", lambda raw, *rest: (learnt.append(raw), template_of(raw, *rest))[1])
    chance = random.Random(1)
    texts = [f"2026-11-23 13:52:01 INFO ci: commit {chance.getrandbits(28):07x} built" for _ in range(2000)]
    assert len(read(Parser(form_of(texts)), texts)) == 2000
    assert len(learnt) < 400
