"""The ids that Slack gives to blocks and elements that came without."""

import copy
import secrets

from bot.sandbox.workspace import Json

WITHOUT_ACTION_ID = ("plain_text", "mrkdwn", "image")


def elements_of(block: Json) -> list[Json]:
    """Return the elements of a block that somebody can act on."""
    if block["type"] == "actions":
        return list(block["elements"])
    found = [block[key] for key in ("accessory", "element") if key in block]
    return [element for element in found if element.get("type") not in WITHOUT_ACTION_ID]


def fill_ids(blocks: list[Json]) -> list[Json]:
    """Return a copy of valid blocks in which each has a block_id and each element an action_id."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_of(block):
            element.setdefault("action_id", secrets.token_urlsafe(4))
    return blocks
