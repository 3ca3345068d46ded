"""Whatever a line is taken for by its tokens, a real parser takes it for the same; and most of what it takes, they do."""

import json
import random
from collections.abc import Iterator

import numpy as np
import orjson
import pytest

from bot.logs.blocks import PADDING, Block
from bot.logs.fast.block import Lines
from bot.logs.fast.gaps import Gaps
from bot.logs.fast.shape import Kind
from bot.logs.fast.tokens import Names, tokens_of
from bot.logs.flatten import Scalar, flatten

NAMES = ("a", "level", "time", "correlationId", "caf\u00e9", "a.b", "http.response.status_code", 'q"uote', "extra7", "")
TEXTS = (
    "",
    "info",
    "x" * 70,
    'say "no"',
    "back\\slash",
    "\u00fc\U0001f600",
    "{",
    '{"a":1}',
    "a\nb",
    "],",
    ',"b":',
    "0123456789abcdef",
)
NUMBERS = (
    0,
    7,
    -3,
    10,
    100,
    1234567,
    1772334000123,
    12345678901234567890123,
    0.5,
    -0.25,
    1e-05,
    1e22,
    3.0,
    True,
    False,
    None,
)
DAMAGE = (
    "",
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    " ",
    "0",
    "1",
    "-",
    ".",
    "e",
    "null",
    '"a":1,',
    '","',
    '":',
    "}}",
    "{}",
    "[]",
)
SPACES = ((",", ":"), (", ", ": "), (" , ", " : "), (",  ", ":"))


def value(chance: random.Random, depth: int) -> object:
    """Return a value of a record: a scalar mostly."""
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(TEXTS)
    if kind < 0.8:
        return chance.choice(NUMBERS)
    if kind < 0.9 and depth < 10:
        return record(chance, depth + 1)
    return chance.choice([[], {}, ["a", "b"], ["one"], [1, 2], ["a", 1], [["a"]], [{"a": "b"}], ["", 'x"y', "z"] * 20])


def record(chance: random.Random, depth: int = 1) -> dict[str, object]:
    """Return an object of some of the names, in any order."""
    return {name: value(chance, depth) for name in chance.sample(NAMES, chance.randrange(0 if depth > 1 else 1, 6))}


def lines_of(seed: int, *, share: float) -> Iterator[str]:
    """Yield lines, a share of them damaged."""
    chance = random.Random(seed)
    for _ in range(1500):
        line = json.dumps(record(chance), separators=chance.choice(SPACES), ensure_ascii=chance.random() < 0.2)
        while chance.random() < share:
            at = chance.randrange(len(line))
            line = line[:at] + chance.choice(DAMAGE) + line[at + chance.randrange(3) :]
        yield line


def read(texts: list[str]) -> dict[int, dict[str, Scalar]]:
    """Return what the tokens say of the lines that they understand, by the number of the line."""
    raw = "\n".join(texts).encode() + b"\n"
    room = memoryview(raw + bytes(PADDING))
    lines, names = Lines(Block(0, room[: len(raw)], room)), Names(lambda _name: False)
    tokens = tokens_of(lines, np.arange(len(lines)), Gaps(), names)
    values = tokens.values(np.arange(len(tokens.name)))
    number_of = {offset: number for number, offset in enumerate(offsets(texts))}
    found: dict[int, dict[str, Scalar]] = {
        number_of[int(lines.offsets[row])]: {}
        for row, is_strange in zip(tokens.rows, tokens.is_strange, strict=True)
        if not is_strange
    }
    for i, row in enumerate(tokens.row.tolist()):
        if not tokens.is_strange[row] and values.kinds[i] != Kind.NONE:
            of = found[number_of[int(lines.offsets[tokens.rows[row]])]]
            of[names.known[int(tokens.name[i])]] = values.value(lines.text, i)
    return found


def offsets(texts: list[str]) -> Iterator[int]:
    """Yield where each line begins."""
    at = 0
    for text in texts:
        yield at
        at += len(text.encode()) + 1


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_what_is_understood_is_what_a_parser_reads(seed: int, share: float) -> None:
    """Every name and value, and no line that is no JSON."""
    texts = list(lines_of(seed, share=share))
    found = read(texts)
    assert len(found) > len(texts) * (0.3 if share else 0.5)
    for number, fields in found.items():
        assert fields == flatten(orjson.loads(texts[number])), texts[number]


@pytest.mark.parametrize(
    "line",
    [
        '{"a":1}', '{"a":"x"}', '{"a":"x","b":{"c":"y","d":1},"e":null}', '{ "a" : [ "x" , "y" ] , "b" : { } }', '{"a":{"b":{"c":-0.5}}}',
        r'{"a":"C:\\tmp\\x","b":"say \"\\\"\"","c":"\ud83d\ude00 \u00fc \\ud83d"}', r'{"a":"\\","b":"\\\\\"x"}', '{"a":[],"b":["x"]}', '{"a":{"b":["x","y"]}}', '{"a":1e-05}', '{"a":{},"b":"x"}',
    ],
)  # fmt: skip
def test_plain_lines_are_understood(line: str) -> None:
    """Nested, with spaces, with lists of texts, with nothing in them."""
    assert list(read([line]).values()) == [flatten(orjson.loads(line))]


@pytest.mark.parametrize(
    "line",
    [
        '{"a":01}', '{"a":-01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{"a":NaN}', '{"a":1,}', '{"a":"x",}', '{"a"}', '{"a":}', '{"a":"x"',
        '{"a":"x"}}', '{"a":{"b":"x"}', '{"a":["x"}', '{"a":["x":"y"]}', '{"a":"x":"y"}', '{"a":"x""b":"y"}', '{"a":"x" "b":"y"}',
        '{"a":["x","y"}]', '{"a":["x"]]}', '{"a":1 2}', '["a"]', '{"a":"x"]', '{,"a":"x"}', '{{"a":"x"}}', '{"a":["x",{"b":"y"}]}',
        '{"a":1,"a":2}', '{"a":{"b":1},"a.b":2}', '{"a":"x"} {"a":"x"}', 'x{"a":"x"}', '{"a":1.2.3}', '{"a":truefalse}', '{"a":[1,2]}',
        '{"a":123456789012345678901234567890}', r'{"a":"\ud83d"}', r'{"a":"\ude00\ud83d"}', r'{"a":"\ud83d \ude00"}', r'{"a":"\\\x"}',
        r'{"a":"\ud83d\ude00\ude00"}', r'{"a":"\u00g0"}', r'{"a":"\\\"}', r'{"a":"x\"}',
    ],
)  # fmt: skip
def test_what_is_no_json_or_not_plain_is_left(line: str) -> None:
    """Between lines that are, whose texts go on before and behind it."""
    around = '{"a":"x","b":{"c":["y"]}}'
    assert sorted(read([around, line, around])) == [0, 2]
