"""One replica of the bot, for the harness: the real one, faster where asked, or one that does not look before it repeats.

    python -m tests.faults.replica CONFIG [--pace 0.2] [--naive]

The pace scales the leases and what follows from them, so that a short run sees many of them end. The naive variant is
the control: the same bot without its read-back must post twice, else the harness proves nothing.
"""

import argparse
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot import app, settings
from bot.slack.outbox import Outbox
from bot.workflow import catchup, workers

CATCH_UP_PACE = timedelta(minutes=1)
"""Between two incidents whose threads are read back. At the bot's own pace a thousand open ones, which no team has, would
take all that Slack allows of reading threads, again after each kill."""


def main() -> None:
    """Run the bot until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path)
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--naive", action="store_true")
    asked = parser.parse_args()
    if asked.naive:
        Outbox._posted_before = lambda *_: None
    catchup.PACE = CATCH_UP_PACE
    if asked.pace != 1:
        set_pace(asked.pace)
    slack = settings.slack_from_environment(http=False)
    sys.exit(app.run(settings.load(asked.config), slack, app.Listening(), say=print))


def set_pace(pace: float) -> None:
    """Scale every wait of the workers that a lease decides."""
    scaled = {name: replace(rules, lease_s=rules.lease_s * pace) for name, rules in workers.LANES.items()}
    workers.Workers.__init__.__kwdefaults__["lanes"] = scaled
    workers.GUARD_S *= pace
    workers.SETTLE_S *= pace


if __name__ == "__main__":
    main()
