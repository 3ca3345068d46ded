"""The command line: one click group, one function a command; everything heavy is imported inside it."""

import os
import signal
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from bot.app import Address
    from bot.triage.ports import DeploySource
    from bot.triage.summary import Report


class Duration(click.ParamType[timedelta]):
    """A number with s, m or h: `15m`."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the length, at least a second."""
        from bot.times import read_duration

        if isinstance(value, timedelta):
            return value
        try:
            length = read_duration(str(value).strip())
        except ValueError as error:
            said = str(error).replace('"', "")  # the quotes are the file's
            self.fail(f"{value!r}: {said}.", param, ctx)
        if not timedelta(seconds=1) <= length <= timedelta(days=31) or length.microseconds:
            self.fail(f"{value!r}: write whole seconds, from 1s to 744h, such as 15m.", param, ctx)
        return length


class Instant(click.ParamType[datetime]):
    """An RFC 3339 time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the instant, aware, UTC."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(str(value).strip())
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time; write RFC 3339, such as 2026-11-23T13:52:00Z.", param, ctx)
        if not 1971 <= at.year <= 9990:  # a window before it and a delay after it must exist
            self.fail(f"{value!r} is out of range.", param, ctx)
        return at


class TimeZone(click.ParamType["tzinfo"]):
    """A time zone by its name in the IANA database."""

    name = "zone"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "tzinfo":
        """Return the zone."""
        from bot.times import read_timezone

        try:
            return read_timezone(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}.", param, ctx)


class CorrelationId(click.ParamType[str]):
    """An id as the log has it."""

    name = "id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id where it matches the allow-list."""
        from bot.logs.ids import ID_PATTERN

        text = str(value).strip()
        if not ID_PATTERN.fullmatch(text):
            self.fail("an id has 1 to 128 letters, digits and . _ : / - ", param, ctx)
        return text


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fifteen", prog_name="fifteen")
def fifteen() -> None:
    """The first fifteen minutes of a production incident."""


@fifteen.command()
@click.argument("logs", metavar="LOG...", nargs=-1, required=True)
@click.option("--repo", type=click.Path(path_type=Path), help="Git clone; its tags are the deploys.")
@click.option("--deploys", type=click.Path(path_type=Path), help="Deploy log: JSON lines {at, revision, name?}.")
@click.option("--at", type=Instant(), help="End of the window; by default now, or where the log ends.")
@click.option("--window", type=Duration(), default="15m", show_default=True, help="The stretch to explain.")
@click.option("--baseline", type=Duration(), default="1h", show_default=True, help="The stretch before it.")
@click.option("--trace", "trace_id", type=CorrelationId(), help="Follow this request.")
@click.option("--timezone", type=TimeZone(), help="Of times that carry none, such as Europe/Berlin; by default UTC.")
@click.option("--deadline", type=Duration(), default="10m", show_default=True, help="Then say what was read so far.")
@click.option("--top", type=click.IntRange(1, 100), default=5, show_default=True, help="Groups of errors.")
@click.option("--format", "form", type=click.Choice(["text", "json", "slack"]), default="text", show_default=True)
def triage(
    *,
    logs: tuple[str, ...],
    repo: Path | None,
    deploys: Path | None,
    at: datetime | None,
    window: timedelta,
    baseline: timedelta,
    trace_id: str | None,
    timezone: "tzinfo | None",
    deadline: timedelta,
    top: int,
    form: str,
) -> None:
    """Whom it hits, what changed, which errors, one failing request.

    LOG is a file, a folder (read recursively) or a glob, also rotated and compressed.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads that nobody needs
    with _stopped_by_hand("triage"):
        from bot.clock import Clock
        from bot.logs.file import FileLogSource
        from bot.progress import Bar
        from bot.workflow.instant import instant_of
        from bot.workflow.investigate import investigate, with_problems

        with Bar() as bar:
            source = FileLogSource(logs, timezone=timezone, progress=bar.show, deadline_s=deadline.total_seconds())
            now = Clock.from_environment().now()
            end, said = instant_of(source, now) if at is None else (at, ())
            found = investigate(
                source,
                _deploy_source(repo, deploys),
                at=end,
                window=window,
                baseline=baseline,
                trace_id=trace_id,
                top=top,
                deadline_s=deadline.total_seconds(),
                is_live=end == now,
            )
    _print(_written(with_problems(found.report, said), form))


def _print(report: str) -> None:
    """Print the report; a disk that is full is said, and leaves nothing to be flushed at exit."""
    try:
        click.echo(report, nl=False)
    except BrokenPipeError:  # whoever read it has seen enough
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(f"fifteen triage: the report could not be written ({error.strerror}).", err=True)
        sys.exit(1)


def _deploy_source(repo: Path | None, deploys: Path | None) -> "DeploySource | None":
    if repo is None and deploys is None:
        return None
    from bot.deploys.deploylog import DeployLog
    from bot.deploys.git import GitDeploys

    clone = None if repo is None else GitDeploys(repo)
    return clone if deploys is None else DeployLog(deploys, clone)


def _written(report: "Report", form: str) -> str:
    """Return the report in one of the three forms, ending with a newline."""
    if form == "text":
        from shutil import get_terminal_size

        from bot.render.terminal import terminal

        return terminal(report, get_terminal_size().columns if sys.stdout.isatty() else 80)
    import orjson

    if form == "json":
        from bot.triage.report import as_json

        value = as_json(report)
    else:
        from bot.render.findings import findings

        message = findings(report)
        value = {"blocks": list(message.blocks), "text": message.text}
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


class HostPort(click.ParamType["Address"]):
    """Where to listen: `127.0.0.1:3000`."""

    name = "host:port"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Address":
        """Return host and port; port 0 means any free one."""
        from bot.app import Address

        if isinstance(value, Address):
            return value
        host, _, port = str(value).rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            self.fail(f"{value!r} is no address; write HOST:PORT, such as 127.0.0.1:3000.", param, ctx)
        return Address(host.strip("[]"), int(port))


_config_option = click.option(
    "--config", type=click.Path(path_type=Path), default="fifteen.toml", show_default=True, help="The configuration."
)


@fifteen.command()
@_config_option
@click.option("--http", type=HostPort(), help="Take Slack's requests over HTTP here, in place of Socket Mode.")
@click.option("--health", type=HostPort(), help="Answer /healthz, /readyz and /metrics here, beside Socket Mode.")
def run(config: Path, http: "Address | None", health: "Address | None") -> None:
    """Run the bot.

    Reads SLACK_BOT_TOKEN, and SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), from the environment.
    """
    from bot import app, settings

    with _explained(config):
        tokens = settings.slack_from_environment(http=http is not None)
        sys.exit(app.run(settings.load(config), tokens, app.Listening(http, health), say=click.echo))


@fifteen.command()
@_config_option
@click.option("--http", is_flag=True, help="Check for HTTP delivery, which needs no app token.")
def doctor(config: Path, *, http: bool) -> None:
    """Check tokens, scopes, logs and repositories, and name the remedy for what is not in order."""
    from rich.console import Console

    from bot import settings
    from bot.clock import Clock
    from bot.slack.call import make_client
    from bot.workflow.doctor import examine

    console = Console(highlight=False, soft_wrap=True)
    failed = 0
    with _explained(config):
        read = settings.load(config)
        tokens, wrong = settings.slack_as_far_as_set(http=http)
        client = make_client(tokens.bot_token, tokens.api_url)
        with console.status("looking at everything the bot needs"):
            for check in examine(read, tokens, client, Clock.from_environment().now(), wrong):
                failed += bool(check.problem)
                mark, words = ("[red]✗[/]", check.problem) if check.problem else ("[green]✓[/]", check.said)
                console.print(f"{mark} [bold]{check.name}[/]  ", end="")
                console.print(words, markup=False)
    console.print("\nEverything is in order: fifteen run" if not failed else f"\n{failed} to mend.")
    sys.exit(1 if failed else 0)


@fifteen.command()
@_config_option
def migrate(config: Path) -> None:
    """Bring the tables of the store up to date; `fifteen run` does so by itself."""
    from bot import settings
    from bot.store.engine import Store

    with _explained(config):
        store = Store.open(settings.load(config).store)
        store.close()
    click.echo(f"{store.address} is up to date.")


@fifteen.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Where to listen on 127.0.0.1; 0: any free port."
)
@click.option("--deliver", metavar="URL", help="Send signed HTTP requests there, in place of the socket.")
@click.option(
    "--manifest", type=click.Path(path_type=Path), help="The app's manifest; by default deploy/manifest.yaml."
)
def sandbox(port: int, deliver: str | None, manifest: Path | None) -> None:
    """Run a local Slack with a page: for trying things out, without a workspace."""
    from bot.sandbox import server
    from bot.sandbox.manifest import ManifestError

    try:
        server.run(port=port, deliver_url=deliver, manifest=manifest)
    except (ManifestError, OSError) as error:
        click.echo(f"fifteen sandbox: {error}", err=True)
        sys.exit(2)


@fifteen.command()
@click.option("--headless", is_flag=True, help="Play the whole incident by script and print the channel.")
def demo(headless: bool) -> None:
    """Play an incident on this machine: a local Slack, a shop with a bad deploy, and the bot."""
    from bot.demo import play

    unattended = headless or not sys.stdout.isatty() or os.environ.get("CI") == "true"
    sys.exit(play.headless() if unattended else play.interactive())


@contextmanager
def _explained(config: Path) -> "Iterator[None]":
    """Turn a mistake in the configuration into one line and exit code 2; what names a key alone stands in that file."""
    from bot.errors import ConfigError
    from bot.settings import Settings

    try:
        yield
    except ConfigError as error:
        file = f"{config}: " if error.where in Settings.model_fields else ""
        click.echo(f"fifteen: {file}{error}", err=True)
        sys.exit(2)


@contextmanager
def _stopped_by_hand(command: str) -> "Iterator[None]":
    """Turn Ctrl-C into one line and the exit code of a process that the signal ended."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"fifteen {command}: stopped", err=True)
        sys.exit(128 + signal.SIGINT)
