"""What the sources may not hold, whoever writes them next: code that runs data, rows that rewrite the past."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")])
RUNS_DATA = frozenset({"pickle", "cPickle", "dill", "shelve", "marshal", "yaml", "jsonpickle", "cloudpickle", "code"})
RUNS_TEXT = frozenset({"eval", "exec", "compile", "__import__"})
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the top-level names of everything that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield every call."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_stored_or_read_can_run(path):
    """No pickle, no YAML, no eval, no shell: neither what is read nor what is stored becomes code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert RUNS_DATA & set(imported(tree)) == set()
    named = {call.func.id for call in calls(tree) if isinstance(call.func, ast.Name)}
    assert RUNS_TEXT & named == set()
    shells = [
        call
        for call in calls(tree)
        for keyword in call.keywords
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]
    assert shells == []
    methods = {call.func.attr for call in calls(tree) if isinstance(call.func, ast.Attribute)}
    assert {"system", "popen"} & methods == set()


def test_no_code_changes_or_removes_a_line_of_the_timeline():
    """Append-only: rows are inserted by one function, and no update or delete names the table."""
    writers = {}
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if "migrations" not in path.parts and re.search(r"schema import .*\btimeline\b|schema\.timeline\b", text):
            writers[path.name] = set(re.findall(r"\b(insert|update|delete)\(", text))
    assert writers == {"timeline.py": {"insert"}}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_locked_with_its_hash(lock):
    """One version and at least one sha256 each; no address, no index, no path."""
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE).strip())
    assert len(entries) > 5
    assert [
        entry
        for entry in entries
        if not re.match(r"[\w.\[\]-]+==[\w.]+.*?--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL)
    ] == []
    assert re.findall(r"https?://|^-|@ file|git\+", text, re.MULTILINE) == []


def test_installing_demands_the_hashes():
    """Both places where packages are installed for use."""
    for file in ("Makefile", "deploy/Dockerfile"):
        assert "--require-hashes" in (ROOT / file).read_text(encoding="utf-8")
