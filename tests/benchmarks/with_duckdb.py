"""The same questions asked of DuckDB: `python -m tests.benchmarks.with_duckdb LOG WINDOW_START`.

The columns that are asked for are read once, into memory, with all cores; each question is one query. Prints one JSON
object.
"""

import json
import sys

import duckdb

FIELDS = ("service", "version", "region", "host", "route")
VARYING = r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(?:\.\d+){3}|[0-9a-f]*\d[0-9a-f]*"
COLUMNS = dict.fromkeys(("level", *FIELDS, "userId", "correlationId", "msg"), "VARCHAR") | {"time": "TIMESTAMP"}


def answers(path: str, window: str) -> dict[str, object]:
    """Read the whole log and return what was counted."""
    database = duckdb.connect()
    database.execute(
        f"CREATE TEMP TABLE log AS SELECT *, level = 'error' AS failed, time >= ?::TIMESTAMP AS inside "
        f"FROM read_ndjson(?, columns = {COLUMNS})",
        [window, path],
    )

    def ask(query: str) -> list[tuple]:
        return database.execute(query).fetchall()

    seconds = ask(
        "SELECT date_trunc('second', time) AS s, inside, count(*), countif(failed) FROM log GROUP BY s, inside"
    )
    sets = ", ".join(f"({name}, failed)" for name in FIELDS)
    shares = ask(f"SELECT {', '.join(FIELDS)}, failed, count(*) FROM log WHERE inside GROUP BY GROUPING SETS ({sets})")
    (users,) = ask("SELECT count(DISTINCT userId) FILTER (failed), count(DISTINCT userId) FROM log WHERE inside")
    groups = ask(
        f"SELECT regexp_replace(msg, '{VARYING}', '#', 'g') AS signature, count(*) AS n FROM log "
        "WHERE inside AND failed GROUP BY signature ORDER BY n DESC"
    )
    (trace,) = ask(
        "SELECT count(*) FROM log WHERE correlationId = "
        "(SELECT correlationId FROM log WHERE inside AND failed ORDER BY time LIMIT 1)"
    )
    return {
        "window": [sum(n for _, inside, n, _ in seconds if inside), sum(e for _, inside, _, e in seconds if inside)],
        "before": [
            sum(n for _, inside, n, _ in seconds if not inside),
            sum(e for _, inside, _, e in seconds if not inside),
        ],
        "users": list(users),
        "groups": [n for _, n in groups],
        "values": len({row[: len(FIELDS)] for row in shares}),
        "trace": trace[0],
    }


if __name__ == "__main__":
    print(json.dumps(answers(sys.argv[1], sys.argv[2])))  # noqa: T201 - its output
