"""Logs made to break whoever reads them: JSON at its edges, bombs, lines without an end."""

import gzip
import json
import resource
import subprocess
import sys

import pytest

from bot.demo.children import child_environment
from tests.support.sandbox_process import ROOT

AT = "2026-11-23T12:00:00Z"
HEAD = '{"level":50,"time":"2026-11-23T11:59:00Z","correlationId":"a-1","msg":"x"'
MEMORY_BYTES = 256 << 20

EDGES = {
    "NaN": HEAD + ',"n":NaN}',
    "infinity": HEAD + ',"n":-Infinity}',
    "1e400": HEAD + ',"n":1e400}',
    "30 digits": HEAD + ',"id":123456789012345678901234567890}',
    "a lone surrogate": HEAD + ',"s":"\\ud800"}',
    "a lone surrogate as key": HEAD + ',"\\udfff":1}',
    "a key twice": HEAD + ',"msg":"y","msg":"z"}',
    "depth 1,000": HEAD + ',"d":' + "[" * 990 + "]" * 990 + "}",
    "depth 100,000": HEAD + ',"d":' + "[" * 100_000 + "]" * 100_000 + "}",
    "objects 900 deep": HEAD + ',"d":' + '{"a":' * 900 + "1" + "}" * 901,
    "100,000 keys": HEAD + "," + ",".join(f'"k{number}":1' for number in range(100_000)) + "}",
    "a long key": HEAD + ',"' + "k" * 100_000 + '":1}',
    "a huge number": HEAD + ',"n":' + "9" * 5000 + "}",
    "a time out of this world": '{"level":50,"time":99999999999999999999,"msg":"x"}',
    "a negative time": '{"level":50,"time":-1e300,"msg":"x"}',
    "a level of another kind": '{"level":{"a":[1]},"time":"2026-11-23T11:59:00Z","msg":["x",null,{}]}',
    "a null byte": HEAD.replace('"x"', '"a\\u0000b"') + "}",
    "a byte order mark": "\ufeff" + HEAD + "}",
}


def triage(*arguments, limit=None):
    """Run `fifteen triage` in a process of its own; `limit` are the bytes of memory that it may use."""

    def confine():
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "bot", "triage", *map(str, arguments), "--at", AT, "--format", "json"],
        env=child_environment(PYTHONPATH=str(ROOT)),
        cwd=ROOT,
        capture_output=True,
        preexec_fn=confine if limit else None,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def edges(tmp_path_factory):
    """The report over all the edges, each line between two good ones."""
    folder = tmp_path_factory.mktemp("edges")
    good = HEAD + "}"
    (folder / "app.log").write_bytes(
        b"".join(f"{good}\n{line}\n".encode() for line in EDGES.values())
        + f"{good}\n".encode()
        + b'{"msg":"caf\xe9\xff"}\n'
    )
    done = triage(folder / "app.log")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_json_at_its_edges_is_read_or_skipped(edges):
    """Every line is parsed or counted as skipped; the good ones between them are all there."""
    source = edges["source"]
    assert source["lines"] == source["parsed"] + source["skipped"] >= 2 * len(EDGES)
    assert edges["scope"]["errors"] >= len(EDGES) + 1
    assert not source["partial"]


def test_a_bomb_and_an_endless_line_fit_into_256_mb(tmp_path):
    """500 MB in a small file, and a line of 300 MB: both are given up within the limit, and the rest is read."""
    with gzip.open(tmp_path / "bomb.log.gz", "wb", compresslevel=1) as bomb:
        for _ in range(500):
            bomb.write(bytes(1 << 20))
    with (tmp_path / "endless.log").open("wb") as log:
        log.write(f"{HEAD}}}\n".encode() + b'{"time":"')
        for _ in range(300):
            log.write(b"9" * (1 << 20))
        log.write(f"\n{HEAD}}}\n".encode())
    done = triage(tmp_path, limit=MEMORY_BYTES)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["scope"]["errors"] == 2
    assert report["source"]["partial"]
    assert any("bomb.log.gz" in problem for problem in report["source"]["problems"])
