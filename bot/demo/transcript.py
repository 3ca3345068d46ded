"""A channel as text: names, times, threads indented, edits reflected."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot.demo.reading import Json, Reader

INDENT = "    "


def transcript(messages: Sequence[Json], reader: Reader) -> str:
    """Return the channel as it stands, oldest message first, each followed by its thread."""
    known = {message["ts"] for message in messages}
    replies: dict[str, list[Json]] = {}
    for message in messages:
        parent = message.get("thread_ts", message["ts"])
        if parent != message["ts"] and parent in known:
            replies.setdefault(parent, []).append(message)
    inside = {reply["ts"] for thread in replies.values() for reply in thread}
    lines: list[str] = []
    for message in messages:
        if message["ts"] not in inside:
            lines += _message(message, reader)
            for reply in replies.get(message["ts"], ()):
                lines += (INDENT + line for line in _message(reply, reader))
            lines.append("")
    return "\n".join(lines)


def _message(message: Json, reader: Reader) -> Iterator[str]:
    at = datetime.fromtimestamp(float(message["ts"]), UTC)
    marks = [
        *(["also sent to the channel"] if message.get("subtype") == "thread_broadcast" else []),
        *(["edited"] if message.get("edited") else []),
        *(["only you see this"] if message.get("ephemeral_to") else []),
    ]
    yield f"{reader.name(message)}  {at:%H:%M:%S}" + (f"  ({', '.join(marks)})" if marks else "")
    for line in reader.lines(message):
        yield f"  {line}"
