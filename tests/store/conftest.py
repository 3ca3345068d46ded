"""A real database file for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.engine import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, migrated store."""
    opened = Store.open(f"sqlite:///{tmp_path}/fifteen.db")
    yield opened
    opened.close()
