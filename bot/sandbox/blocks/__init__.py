"""Block Kit: what Slack accepts, and the ids that it adds."""

from bot.sandbox.blocks.ids import fill_ids

__all__ = ["fill_ids"]
