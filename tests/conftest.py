"""What the whole suite shares: a database of each kind, and the PostgreSQL server behind one of them."""

from tests.support.postgres import database_url, postgres, store

__all__ = ["database_url", "postgres", "store"]
