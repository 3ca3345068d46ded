"""What render hands out: a message, ready to post, and the shapes of its parts."""

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
"""One Block Kit block, element or object, as JSON."""

View = dict[str, Any]
"""One modal or home view, as JSON."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message: where it goes, and in which thread, is not its business.

    Args:
        text: Stands in notifications and for screen readers; escaped, at most `limits.MESSAGE_TEXT` characters.
        blocks: At most `limits.MESSAGE_BLOCKS`; empty means that `text` is the message.
    """

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """Return the arguments for chat.postMessage, chat.update and response_url; nothing in it unfurls.

        `blocks` stands in it even when empty: an edit that leaves it out would keep the old ones.
        """
        return {"text": self.text, "blocks": list(self.blocks), "unfurl_links": False, "unfurl_media": False}
