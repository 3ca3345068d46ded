"""Socket Mode: one-time tickets, up to ten connections an app, envelopes and their acknowledgements."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from bot.sandbox.clock import SandboxClock
from bot.sandbox.delivery import ANSWER_WITHIN_S, EVENT, NoAnswerError, Parcel
from bot.sandbox.traffic import Traffic
from bot.sandbox.workspace import APP_ID, Json, new_id

MAX_CONNECTIONS = 10
PING_EVERY_S = 5.0
PING_PAYLOAD = b"Ping from applink-sandbox"  # never empty: the SDK's builtin client blocks on an empty ping
DRAIN_S = 10.0
CONNECTION_LIFE_S = 18060  # what Slack announces; `debug_reconnects` makes it 360
TICKET_LIFE_S = 30.0
NOBODY_THERE = "no_connection"
NOBODY_THERE_RETRIES_S = (3.0, 60.0, 300.0)


class Connection:
    """One open socket of the app."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.request = request
        self.draining = False

    def cut(self) -> None:
        """End the TCP connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketMode:
    """The app's sockets. Answers are keyed by app: they may arrive on another connection than their envelope."""

    def __init__(self, clock: SandboxClock, traffic: Traffic) -> None:
        self._clock = clock
        self._traffic = traffic
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._unanswered: dict[str, asyncio.Future[Any]] = {}
        self._deaf_until = 0.0

    @property
    def connected(self) -> int:
        """Return how many connections are open and in use."""
        return sum(not connection.draining for connection in self._connections)

    def new_ticket(self) -> str | None:
        """Return a ticket for one connection, or None when there are ten already."""
        if self.connected >= MAX_CONNECTIONS:
            return None
        ticket = new_id("ticket-")
        self._tickets[ticket] = self._clock.wall()
        return ticket

    def retry_after_s(self, attempt: int, reason: str) -> float:
        """Return 0 (at once) after a silence of 3 s; longer pauses while nobody is connected."""
        return NOBODY_THERE_RETRIES_S[attempt - 1] if reason == NOBODY_THERE else 0.0

    async def deliver(self, parcel: Parcel) -> Any:
        """Send a parcel in an envelope and wait for its acknowledgement on whatever connection."""
        envelope_id = new_id("envelope-")
        self._unanswered[envelope_id] = parcel.answer
        parcel.answer.add_done_callback(lambda _: self._unanswered.pop(envelope_id, None))
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": parcel.kind,
            "payload": parcel.payload,
            "accepts_response_payload": parcel.kind != EVENT,
        }
        if parcel.kind == EVENT:
            envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
        status = await self._send(envelope)
        self._traffic.record("out", parcel.kind, parcel.name, envelope, status)
        if status == NOBODY_THERE:
            raise NoAnswerError(NOBODY_THERE)
        await asyncio.wait({parcel.answer}, timeout=ANSWER_WITHIN_S)
        if not parcel.answer.done():
            raise NoAnswerError("timeout")
        return parcel.answer.result()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Accept a connection that comes with a ticket, and read it to its end."""
        issued = self._tickets.pop(request.query.get("ticket", ""), None)
        if issued is None or self._clock.wall() - issued > TICKET_LIFE_S:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=401)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.append(connection)
        life_s = 360 if request.query.get("debug_reconnects") == "true" else CONNECTION_LIFE_S
        if not self._deaf:
            await socket.send_json(self._hello(life_s))
        tasks = [asyncio.create_task(self._ping(connection)), asyncio.create_task(self._expire(connection, life_s))]
        try:
            async for message in socket:
                await self._read(connection, message)
        finally:
            self._connections.remove(connection)
            for task in tasks:
                task.cancel()
        return socket

    async def disconnect(self, reason: str) -> None:
        """Ask every connection to make way for a new one, then close it."""
        for connection in list(self._connections):
            await self._drain(connection, reason)

    def drop(self) -> None:
        """Cut every connection."""
        for connection in list(self._connections):
            connection.cut()

    def be_deaf(self, seconds: float) -> None:
        """Neither send nor answer on any connection for a while (wall time); they stay open."""
        self._deaf_until = self._clock.wall() + seconds

    async def stop(self) -> None:
        """Close every connection."""
        for connection in list(self._connections):
            with suppress(ConnectionError):
                await asyncio.wait_for(connection.socket.close(), 1.0)

    @property
    def _deaf(self) -> bool:
        return self._clock.wall() < self._deaf_until

    def _hello(self, life_s: int) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": life_s,
            },
        }

    async def _send(self, envelope: Json) -> str:
        """Send on one connection, another one each time; one that fails is passed over."""
        for connection in sorted(self._connections, key=lambda c: c.draining):
            if self._deaf:
                return "not sent: deaf"
            try:
                await connection.socket.send_json(envelope)
            except ConnectionError:
                continue
            if connection in self._connections:
                self._connections.remove(connection)
                self._connections.append(connection)
            return "sent"
        return NOBODY_THERE

    async def _read(self, connection: Connection, message: WSMessage) -> None:
        if message.type is WSMsgType.PING and not self._deaf:
            await connection.socket.pong(message.data)
        elif message.type is WSMsgType.TEXT:
            self._acknowledge(message.data)

    def _acknowledge(self, text: str) -> None:
        try:
            ack = json.loads(text)
            envelope_id = ack["envelope_id"]
        except (ValueError, TypeError, KeyError):
            self._traffic.record("in", "ack", "", text, "not an acknowledgement")
            return
        answer = self._unanswered.get(envelope_id)
        known = answer is not None and not answer.done()
        self._traffic.record("in", "ack", envelope_id, ack, "ok" if known else "nobody waits for it")
        if answer is not None and not answer.done():
            answer.set_result(ack.get("payload"))

    async def _drain(self, connection: Connection, reason: str) -> None:
        connection.draining = reason != "warning"
        body = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
        with suppress(ConnectionError):
            await connection.socket.send_json(body)
        self._traffic.record("out", "disconnect", reason, body, "sent")
        loop = asyncio.get_running_loop()
        loop.call_later(DRAIN_S, connection.cut)

    async def _ping(self, connection: Connection) -> None:
        with suppress(ConnectionError):
            while True:
                await asyncio.sleep(PING_EVERY_S)
                if not self._deaf:
                    await connection.socket.ping(PING_PAYLOAD)

    async def _expire(self, connection: Connection, life_s: int) -> None:
        await asyncio.sleep(life_s - DRAIN_S)
        await self._drain(connection, "warning")
