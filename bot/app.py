"""The one place where the concrete parts meet: made here, started here, and ended here in reverse."""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from threading import Event

import structlog
from slack_bolt import App
from slack_bolt.error import BoltError
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.clock import Clock
from bot.errors import ConfigError
from bot.settings import Settings, SlackSettings
from bot.slack import connection
from bot.slack.call import make_client
from bot.slack.http import Health
from bot.slack.outbox import Outbox, Pause
from bot.slack.people import People
from bot.slack.scheduled import ScheduledMessages
from bot.store import dialect
from bot.store.engine import Store
from bot.telemetry import log as telemetry
from bot.telemetry.heartbeat import Heartbeats
from bot.telemetry.leave import leave_soon
from bot.workflow import catchup, chart, escalate, evidence, export, owe, rollback, triage
from bot.workflow.buried import note_buried
from bot.workflow.catchup import CatchUp
from bot.workflow.context import Context
from bot.workflow.deadman import DeadMan
from bot.workflow.masking import mask
from bot.workflow.post import Posts
from bot.workflow.pulse import Pulse
from bot.workflow.readers import Readers
from bot.workflow.say import Threads
from bot.workflow.ticker import Ticker
from bot.workflow.work import Handler
from bot.workflow.workers import Workers
from handlers import replies
from handlers.desk import Desk
from handlers.register import register

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Listening:
    """How Slack, and whoever supervises the bot, reach it.

    Args:
        http: Where to take Slack's requests; None for Socket Mode.
        health: Where to answer /healthz, /readyz and /metrics beside a socket; with HTTP they stand at its own port.
    """

    http: Address | None = None
    health: Address | None = None


def run(settings: Settings, slack: SlackSettings, listening: Listening, *, say: Callable[[str], None]) -> int:
    """Run the bot until it is told to end; `say` prints a line for whoever started it.

    Returns:
        The exit code: 0 after SIGTERM or SIGINT; 1 when a part has died and a supervisor should start the bot anew.

    Raises:
        ConfigError: the store, the tokens or the address cannot be used; the error says what would be right.
    """
    mask(settings.redact)
    tokens = (slack.bot_token, slack.app_token or "", slack.signing_secret or "")
    telemetry.configure(secrets=[*tokens, *dialect.secrets(settings.store)])
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = ", ".join(settings.service) or "no service configured yet"
    with ExitStack() as stack:
        heartbeats = Heartbeats(Clock().monotonic)
        client = make_client(slack.bot_token, slack.api_url)
        desk = _start_work(stack, settings, client, heartbeats)
        app = _make_app(client, slack)
        register(app, desk)

        def ready(how: str) -> None:
            say(f"fifteen ready: {how}; {services}")

        if listening.http is not None:
            _serve_http(stack, app, slack, listening.http, heartbeats, ready)
        else:
            catch_up = partial(catchup.owe_all, desk.context)
            _serve_socket(stack, app, slack, client, listening.health, heartbeats, ready, catch_up)
        dead = heartbeats.watch(stop)
        leave_soon()
        if dead:
            log.error("a part of the bot has died; leaving, so that it is started anew", parts=dead)
    return 1 if dead else 0


def _start_work(stack: ExitStack, settings: Settings, client: WebClient, heartbeats: Heartbeats) -> Desk:
    """Open the store and start the threads that do what is owed; `stack` ends them."""
    store = Store.open(settings.store)
    stack.callback(store.close)
    readers = Readers(settings.redact)
    clock = Clock.from_environment()
    outbox = Outbox(client)
    directory = outbox.directory
    people = People(directory.standing, directory.groups, settings.named_groups())
    stack.callback(people.close)
    # The workers need the handlers, which need the context, which wakes the workers: looked up when they are called.
    context = Context(store, clock, settings, wake=lambda: workers.wake(), people=people)  # noqa: PLW0108
    channel_name = cache(lambda channel_id: str(directory.channel(channel_id).get("name", "")))
    desk = Desk(context, outbox.open_view, channel_name)
    scheduled = ScheduledMessages(client)
    handlers = _handlers(desk, readers, outbox, scheduled, pause=lambda seconds: workers.pause(seconds))  # noqa: PLW0108
    buried = partial(note_buried, context)
    workers = Workers(store, clock, handlers, heartbeats=heartbeats, buried=buried, alike=owe.UPKEEP_KINDS)
    catchup.owe_all(context)
    workers.start()
    stack.callback(workers.stop)
    stack.callback(readers.close)  # before the wait for the workers: a long read is not worth waiting for
    stack.callback(workers.take_no_more)

    def tick() -> None:
        people.keep_fresh()
        workers.wake_where_due()

    ticker = Ticker(tick, heartbeats)
    ticker.start()
    stack.callback(ticker.stop)
    pulse = Pulse(store, heartbeats)
    pulse.start()
    stack.callback(pulse.stop)
    return desk


def _handlers(
    desk: Desk, readers: Readers, outbox: Outbox, scheduled: ScheduledMessages, *, pause: Pause
) -> Mapping[str, Handler]:
    """Return what does each kind of job."""
    context, us = desk.context, cache(lambda: str(outbox.directory.identity()["user_id"]))
    catch_up = CatchUp(context, outbox, partial(replies.read_back, desk, us), partial(replies.gone, desk), pause)
    dead_man = DeadMan(context, outbox, scheduled)
    posts, threads = Posts(context, outbox), Threads(context, outbox, dead_man)
    return {
        owe.POST_CARD: posts.card,
        owe.EDIT_CARD: posts.edit_card,
        owe.PERMALINK: posts.permalink,
        owe.POST_LEDGER: posts.ledger,
        owe.EDIT_LEDGER: posts.edit_ledger,
        owe.POST_FINDINGS: threads.findings,
        owe.SAY: threads.say,
        **{f"{owe.SAY}:{what}": threads.clock for what in owe.CLOCK_WORDS},
        owe.CALL_KIND: threads.call,
        owe.HEADS_UP_KIND: threads.call,
        owe.DEAD_MAN: dead_man.keep,
        owe.CATCH_UP: catch_up.read,
        owe.REACT: posts.react,
        owe.RESPOND: posts.respond,
        owe.WHISPER: posts.whisper,
        owe.HOME: posts.home,
        owe.EXPORT: partial(export.post, context, outbox),
        owe.TRIAGE: partial(triage.run, context, readers),
        owe.CHART: chart.Charts(context, readers, outbox).post,
        owe.TRACE: partial(evidence.trace, context, readers),
        owe.EVIDENCE: partial(evidence.find, context),
        owe.HEADS_UP: partial(escalate.heads_up, context),
        owe.LOOK: partial(escalate.look, context, readers),
        owe.WATCH: partial(rollback.watch, context, readers),
    }


def _make_app(client: WebClient, slack: SlackSettings) -> App:
    try:
        return connection.make_app(client, slack.signing_secret or "")
    except (BoltError, SlackClientError) as error:
        right = "Copy it again from your app's page: OAuth & Permissions -> Bot User OAuth Token."
        raise ConfigError("SLACK_BOT_TOKEN", f"Slack does not accept it ({error}).", right) from error
    except OSError as error:
        raise ConfigError(
            "SLACK_API_URL", f"{slack.api_url} does not answer ({error}).", "Check the network."
        ) from error


def _serve_http(
    stack: ExitStack, app: App, slack: SlackSettings, at: Address, heartbeats: Heartbeats, ready: Callable[[str], None]
) -> None:
    with _explained(at, "--http"):
        server = connection.serve_http(app, at.host, at.port, slack.signing_secret or "", Health(heartbeats))
    stack.callback(server.stop)
    ready(f"HTTP at http://{at.host}:{server.port}/slack/events")


def _serve_socket(
    stack: ExitStack,
    app: App,
    slack: SlackSettings,
    client: WebClient,
    health: Address | None,
    heartbeats: Heartbeats,
    ready: Callable[[str], None],
    catch_up: Callable[[], None],
) -> None:
    first = Event()

    def connected() -> None:
        catch_up()
        if not first.is_set():
            first.set()
            ready("Socket Mode")

    socket = connection.serve_socket(app, slack.app_token or "", client, heartbeats, connected=connected)
    stack.callback(socket.stop)
    if health is not None:
        with _explained(health, "--health"):
            server = connection.serve_health(health.host, health.port, Health(heartbeats, lambda: socket.is_ready))
        stack.callback(server.stop)


@contextmanager
def _explained(at: Address, option: str) -> Iterator[None]:
    """Turn a port that is taken into a mistake of the command line."""
    try:
        yield
    except OSError as error:
        where = f"{option} {at.host}:{at.port}"
        raise ConfigError(where, f"it cannot be listened on ({error.strerror}).", "Choose another port.") from error
