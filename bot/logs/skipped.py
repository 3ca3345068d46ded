"""Why lines were skipped: counted by reason, each with one example, the same however the log is split."""

from collections.abc import Iterator

from bot.text.clean import untrusted

EXAMPLE_CHARACTERS = 80
"""Of a line that is shown as an example: enough to find it by."""

Key = tuple[int, str, int]
"""Time, file and offset: the first by it is the example."""


class Skipped:
    """Counts skipped lines by reason. Mergeable, whatever the order."""

    def __init__(self) -> None:
        self.reasons: dict[str, tuple[int, Key, str]] = {}

    def add(self, reason: str, key: Key, text: str, count: int = 1) -> None:
        """Count lines of which one is an example."""
        before, first, example = self.reasons.get(reason, (0, key, text))
        if key < first:
            first, example = key, text
        self.reasons[reason] = (before + count, first, example)

    def merge(self, other: "Skipped") -> None:
        """Take over the counts of another."""
        for reason, (count, key, example) in other.reasons.items():
            self.add(reason, key, example, count)

    def problems(self) -> Iterator[str]:
        """Yield a sentence a reason, the commonest first."""
        for reason, (count, _, text) in sorted(self.reasons.items(), key=lambda item: (-item[1][0], item[0])):
            lines = "1 line" if count == 1 else f"{count:,} lines"
            example = untrusted(text, EXAMPLE_CHARACTERS)
            yield f"{lines} skipped: {reason}" + (f", such as {example}" if example else "")
