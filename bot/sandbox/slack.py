"""The local Slack: its parts, put together."""

import asyncio
import secrets
from pathlib import Path

from bot.sandbox.clock import SandboxClock
from bot.sandbox.delivery import Delivery
from bot.sandbox.faults import Faults
from bot.sandbox.http_delivery import HttpDelivery
from bot.sandbox.interactions import Interactions
from bot.sandbox.limits import RateLimits
from bot.sandbox.manifest import Manifest
from bot.sandbox.messages import Messages
from bot.sandbox.response_urls import ResponseUrls
from bot.sandbox.schedule import Schedule
from bot.sandbox.socket_mode import SocketMode
from bot.sandbox.timers import Timers
from bot.sandbox.traffic import Feed, Traffic
from bot.sandbox.triggers import Triggers
from bot.sandbox.views import Views
from bot.sandbox.workspace import Workspace


class LocalSlack:
    """One workspace with one app installed.

    Args:
        manifest: What the app may do and gets.
        clock_file: Where the clock's offset is shared.
        deliver_url: Where the app listens for HTTP requests; None for Socket Mode.
    """

    def __init__(self, manifest: Manifest, clock_file: Path, deliver_url: str | None = None) -> None:
        self.manifest = manifest
        self.bot_token = f"xoxb-sandbox-{secrets.token_hex(12)}"
        self.app_token = f"xapp-sandbox-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.stopping = asyncio.Event()
        self.base_url = ""  # known once the server listens
        self.clock = SandboxClock(clock_file)
        self.timers = Timers(self.clock)
        self.feed = Feed()
        self.traffic = Traffic(self.clock, self.feed)
        self.faults = Faults()
        self.limits = RateLimits(self.clock.now)
        self.workspace = Workspace(manifest.bot_name, int(self.clock.now()))
        self.socket = SocketMode(self.clock, self.traffic)
        self.http = HttpDelivery(deliver_url, self.signing_secret, self.clock, self.traffic) if deliver_url else None
        token = secrets.token_hex(12)  # the deprecated verification token, which every payload still carries
        transport = self.http or self.socket
        self.delivery = Delivery(transport, manifest, self.timers, faults=self.faults, token=token)
        self.messages = Messages(self.workspace, self.clock, self.delivery, self.feed)
        self.schedule = Schedule(self.clock, self.timers, self.workspace, self.messages)
        self.triggers = Triggers(self.clock)
        self.response_urls = ResponseUrls(self)
        self.views = Views(self.workspace, self.triggers, self.feed)
        self.interactions = Interactions(self)

    async def stop(self) -> None:
        """Let go of sockets and of everything under way."""
        self.stopping.set()
        self.timers.stop()
        self.feed.publish({"type": "end"})
        await self.delivery.stop()
        await self.socket.stop()
        if self.http is not None:
            await self.http.stop()
