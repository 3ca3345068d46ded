"""Everything the demo runs on, in a temporary folder: the sandbox, the shop and the bot, wired together."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import CLOCK_FILE_VARIABLE, Clock
from bot.demo.children import Child, child_environment
from bot.demo.shop import VERSION_FILE

START_TIMEOUT_S = 30.0

# What "deploying" means in the story: the command that the bot proposes is one that works.
DEPLOY_SCRIPT = f"""#!/bin/sh
# deploy SERVICE VERSION: what a real team's deploy command would be. The shop follows {VERSION_FILE}.
printf '%s\\n' "$2" > "$(dirname "$0")/shop/{VERSION_FILE}"
"""


@dataclass(frozen=True, slots=True)
class Playground:
    """What is running, and where.

    Args:
        sandbox: The line that the sandbox printed: api_url, page_url, tokens, channel, user.
        log: The busiest log of the shop.
        deploy: The command that ships a version: SERVICE VERSION.
        children: Every process; the bot is the last.
    """

    sandbox: dict[str, Any]
    clock: Clock
    log: Path
    deploy: Path
    children: tuple[Child, ...]

    @property
    def bot(self) -> Child:
        """The process of the bot."""
        return self.children[-1]

    def check(self) -> None:
        """Raise ChildFailed if any process has ended."""
        for child in self.children:
            child.check()


@contextmanager
def playground(progress: Callable[[str], None]) -> Iterator[Playground]:
    """Start everything, hand it out, and end and remove it again.

    Args:
        progress: Is told what is being started, in words.

    Raises:
        ChildFailed: a process ended or was not ready in time.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fifteen-demo-")))
        clock_file = folder / "clock"
        shop_folder = folder / "shop"
        shop_folder.mkdir()
        deploy = folder / "deploy"
        deploy.write_text(DEPLOY_SCRIPT)
        deploy.chmod(0o755)

        def start(name: str, *arguments: str, **variables: str) -> Child:
            progress(f"starting {name}")
            environment = child_environment(**{CLOCK_FILE_VARIABLE: str(clock_file)}, **variables)
            output = folder / f"{name.rsplit(maxsplit=1)[-1]}.out"
            child = Child(name, [sys.executable, "-m", *arguments], environment, output)
            stack.callback(child.stop)
            return child

        slack = start("the sandbox", "bot.sandbox")
        shop = start("the shop", "bot.demo.shop", "--folder", str(shop_folder), "--repo", str(shop_folder / "repo"))
        sandbox = json.loads(slack.wait_for_line(lambda line: line.startswith("{"), START_TIMEOUT_S))
        progress("the shop writes its log of the last 80 minutes")
        shop.wait_for_line(lambda line: line.startswith("{"), START_TIMEOUT_S)
        config = folder / "fifteen.toml"
        config.write_text(_config(folder, shop_folder, sandbox["channel"]))
        bot = start("the bot", "bot", "run", "--config", str(config), **_slack_variables(sandbox))
        bot.wait_for_line(lambda line: line.startswith("fifteen ready"), START_TIMEOUT_S)
        log = shop_folder / "logs" / "checkout.log"
        yield Playground(sandbox, Clock(clock_file), log, deploy, (slack, shop, bot))


def _slack_variables(sandbox: dict[str, Any]) -> dict[str, str]:
    return {
        "SLACK_API_URL": sandbox["api_url"],
        "SLACK_BOT_TOKEN": sandbox["bot_token"],
        "SLACK_APP_TOKEN": sandbox["app_token"],
        "SLACK_SIGNING_SECRET": sandbox["signing_secret"],
    }


def _config(folder: Path, shop: Path, channel: str) -> str:
    """Return the fifteen.toml; a JSON string is a TOML string as well."""
    return f"""\
store = {json.dumps(f"sqlite:///{folder / 'fifteen.db'}")}
default_channel = {json.dumps(channel)}

[service.checkout]
rollback_after = "15m"
rollback_command = {json.dumps(f"{folder / 'deploy'} checkout {{previous}}")}
oncall = "S0123456"

[service.checkout.logs]
kind = "file"
path = {json.dumps(str(shop / "logs" / "*.log"))}

[service.checkout.deploys]
kind = "git"
path = {json.dumps(str(shop / "repo"))}
tags = "v*"
"""
