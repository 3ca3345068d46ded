"""Slack's limits, and how a text or a list of blocks is made to fit them without cutting markup.

Source: the Block Kit reference (docs.slack.dev/reference/block-kit), read for @slack/types 3.2.0. Lengths are in
characters of what is sent, entities included.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.render.message import Block

MESSAGE_TEXT: Final = 4000  # recommended; cut by Slack only over 40,000
MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
SECTION_TEXT: Final = 3000
HEADER_TEXT: Final = 150
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2000
BUTTON_URL: Final = 3000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
PLACEHOLDER: Final = 150
INPUT_LABEL: Final = 2000
INPUT_VALUE: Final = 3000
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3000
ID: Final = 255

_ROOM_FOR_MORE = len("\n… 999999 more lines")


def fit_lines(lines: Iterable[str], limit: int = SECTION_TEXT) -> str:
    """Join lines that are already escaped; those past the limit are counted, not cut, so that no markup breaks."""
    every = list(lines)
    whole = "\n".join(every)
    if len(whole) <= limit:
        return whole
    kept: list[str] = []
    used = _ROOM_FOR_MORE
    for line in every:
        used += len(line) + 1
        if used > limit:
            break
        kept.append(line)
    left = len(every) - len(kept)
    return "\n".join([*kept, f"… {left} more line{'s' if left > 1 else ''}"])


def fit_blocks(blocks: Sequence[Block], limit: int = MESSAGE_BLOCKS) -> tuple[Block, ...]:
    """Keep the first and the last blocks, buttons mostly, and say in the middle how many were left out."""
    if len(blocks) <= limit:
        return tuple(blocks)
    left = len(blocks) - limit + 1
    said: Block = {"type": "context", "elements": [{"type": "mrkdwn", "text": f"… {left} parts left out"}]}
    return (*blocks[: limit - 2], said, blocks[-1])
