"""A child of the demo is waited for by what it prints, and its end is told with its last lines."""

import os
import sys

import pytest

from bot.demo.children import Child, ChildFailed, child_environment


@pytest.fixture
def run(tmp_path):
    """Start Python code as a child; every child is stopped at the end."""
    children = []

    def start(code):
        child = Child("the child", [sys.executable, "-c", code], child_environment(), tmp_path / "child.out")
        children.append(child)
        return child

    yield start
    for child in children:
        child.stop()


def test_the_line_that_says_ready_is_handed_out(run):
    """Lines before it do not count."""
    child = run("import time; print('hello'); print('ready on 1'); time.sleep(60)")
    assert child.wait_for_line(lambda line: line.startswith("ready"), timeout_s=20) == "ready on 1"
    child.check()


def test_a_child_that_dies_is_told_with_its_last_lines(run):
    """The message names the child, its status, and what it printed last, errors included."""
    child = run("import sys; sys.exit('address already in use')")
    with pytest.raises(ChildFailed, match=r"(?s)the child ended with status 1\..*address already in use"):
        child.wait_for_line(lambda _: False, timeout_s=20)


def test_a_child_that_never_gets_ready_is_told(run):
    """Silence is no state to wait in for ever."""
    child = run("import time; print('warming up', flush=True); time.sleep(60)")
    child.wait_for_line(lambda line: "warming" in line, timeout_s=20)
    with pytest.raises(ChildFailed, match=r"(?s)was not ready after 0 s.*warming up"):
        child.wait_for_line(lambda _: False, timeout_s=0)


def test_a_child_sees_no_workspace_and_no_proxy(monkeypatch):
    """Tokens, settings and proxies of the person at the keyboard stay out of the demo."""
    for name in ("SLACK_CLIENT_ID", "FIFTEEN_CLOCK_FILE", "GIT_DIR", "https_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "elsewhere")
    environment = child_environment(SLACK_API_URL="http://127.0.0.1/api/")
    assert "elsewhere" not in environment.values()
    assert environment["SLACK_API_URL"] == "http://127.0.0.1/api/"
    assert environment["PATH"] == os.environ["PATH"]
