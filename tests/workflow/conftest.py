"""Verbs and jobs over a real store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bot without Slack, in whose channel C1 things happen."""
    made = Bench(tmp_path, default_channel="#incidents")
    yield made
    made.close()
