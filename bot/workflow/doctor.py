"""`fifteen doctor`: looks at everything the bot will need, and names the remedy for what is not in order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from slack_sdk import WebClient

from bot.errors import BotError, ConfigError, SourceError
from bot.render.words import count, duration
from bot.settings import MaySettings, ServiceSettings, Settings, SlackSettings
from bot.slack import scopes
from bot.slack.directory import Directory
from bot.slack.errors import Refused
from bot.store.look import look
from bot.workflow import sources
from bot.workflow.instant import LIVE_WITHIN
from bot.workflow.masking import mask

# A log that has been still for longer is worth a word: nobody would see an incident in it.
QUIET_LOG_MIN = 15


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Args:
        name: What it is, as the configuration calls it.
        problem: Empty where it is in order.
        said: What was found where it is.
    """

    name: str
    said: str = ""
    problem: str = ""


Look = Callable[[], str]


def examine(
    settings: Settings, slack: SlackSettings, client: WebClient, now: datetime, wrong: Sequence[ConfigError] = ()
) -> Iterator[Check]:
    """Yield each check as soon as it is made; what is `wrong` in the environment keeps nothing else from being looked at."""
    if settings.redact:
        yield _check("redact", lambda: _masking(settings.redact))
    yield _check("store", lambda: look(settings.store))
    directory = Directory(client)
    for error in wrong:
        yield Check(error.where, problem=_remedy(error))
    lacking = {error.where for error in wrong}
    asks = not lacking & {"SLACK_BOT_TOKEN", "SLACK_API_URL"}
    if asks:
        token = _check("SLACK_BOT_TOKEN", lambda: _identity(directory))
        yield token
        asks = not token.problem
    if asks:
        yield _check("scopes", lambda: _scopes(client))
        yield from _may(directory, "may", settings.may)
        if settings.default_channel:
            channel = settings.default_channel
            yield _check("default_channel", lambda: _channel(directory, channel))
    if slack.app_token is not None and "SLACK_API_URL" not in lacking:
        app_token = slack.app_token
        yield _check("SLACK_APP_TOKEN", lambda: _socket(client, app_token))
    if not settings.service:
        yield Check(
            "services", problem="none is configured: add [service.NAME] with logs and deploys to the configuration"
        )
    yield from _services(settings, directory, now, asks=asks)


def _services(settings: Settings, directory: Directory, now: datetime, *, asks: bool) -> Iterator[Check]:
    for name, service in settings.service.items():
        yield _check(f"service.{name}.logs", lambda name=name, service=service: _logs(name, service, now))  # type: ignore[misc]
        yield _check(f"service.{name}.deploys", lambda service=service: _deploys(service, now))  # type: ignore[misc]
        for key, who in (("oncall", service.oncall), ("escalate_to", service.escalate_to)):
            if who and asks:
                yield _check(f"service.{name}.{key}", lambda who=who: _somebody(directory, who))  # type: ignore[misc]
        if asks:
            yield from _may(directory, f"service.{name}.may", service.may)


def _check(name: str, look: Look) -> Check:
    try:
        return Check(name, said=look())
    except Refused as refused:
        return Check(name, problem=_REMEDIES.get(refused.error, str(refused)))
    except ConfigError as error:  # the key is the check's name
        return Check(name, problem=_remedy(error))
    except BotError as error:
        return Check(name, problem=str(error))


def _remedy(error: ConfigError) -> str:
    return f"{error.wrong} {error.right}".rstrip()


def _masking(patterns: Sequence[str]) -> str:
    mask(patterns)
    return f"{count(len(patterns), 'pattern')} masked besides secrets and personal data"


def _identity(directory: Directory) -> str:
    who = directory.identity()
    return f"{who['user']} in {who['team']}"


def _scopes(client: WebClient) -> str:
    lacking = scopes.missing(client)
    if lacking:
        needs = "; ".join(f"{scope} ({scopes.NEEDED[scope]})" for scope in lacking)
        raise SourceError(
            f"missing: {needs}. Add them under OAuth & Permissions, or use deploy/manifest.yaml; then reinstall."
        )
    return count(len(scopes.NEEDED), "scope")


def _channel(directory: Directory, channel: str) -> str:
    found = directory.channel_id(channel) if channel.startswith("#") else channel
    if found is None:
        raise SourceError(
            f"{channel} is not there, or is private and the bot not in it. Create it, or /invite @Fifteen."
        )
    about = directory.channel(found)
    if about.get("is_archived"):
        raise SourceError(f"{channel} is archived. Choose another default_channel.")
    return f"#{about['name']}"


def _socket(client: WebClient, app_token: str) -> str:
    scopes.can_connect(client, app_token)
    return "Socket Mode answers"


def _logs(name: str, service: ServiceSettings, now: datetime) -> str:
    newest = sources.log_source(name, service).newest()
    if newest is None:
        raise SourceError("no line in it has a time, so there is nothing to triage: log JSON with a timestamp.")
    quiet = now - newest
    if -quiet > LIVE_WITHIN:
        raise SourceError(
            f"newest line is dated {duration(-quiet)} ahead. Wrong zone? Set timezone in [service.{name}.logs]; "
            "a time that carries its zone means that a clock is wrong."
        )
    note = " (quiet; is it the right path, and timezone?)" if quiet.total_seconds() > QUIET_LOG_MIN * 60 else ""
    return f"newest line {duration(quiet)} old{note}"


def _deploys(service: ServiceSettings, now: datetime) -> str:
    source = sources.deploy_source(service)
    if source is None:
        raise SourceError("not configured, so what shipped is unknown: add deploys with kind and path.")
    found = source.changes(now)
    if not found.deploys and not found.commits:
        raise SourceError("; ".join((*found.problems, *found.remarks)) or "no deploys and no commits in it.")
    newest = f"newest {found.deploys[0].name}, {duration(now - found.deploys[0].at)} old" if found.deploys else ""
    kind = newest or "no tags, so commits count as merged, not proven shipped"
    return "; ".join((kind, *found.problems, *found.remarks))


def _may(directory: Directory, section: str, may: MaySettings) -> Iterator[Check]:
    for act in MaySettings.model_fields:
        for who in getattr(may, act) or ():
            yield _check(f"{section}.{act}", lambda who=who: _allowed(directory, who))  # type: ignore[misc]


def _allowed(directory: Directory, who: str) -> str:
    if who.startswith("S"):
        members = directory.group_members(who)
        if not members:
            raise SourceError(f"nobody is in {who}, so nobody may: add people to the group in Slack.")
        return f"{who}: {count(len(members), 'member')}"
    if directory.standing(who).is_outside:
        raise SourceError(f"{who} is no full member of this workspace, and will be refused.")
    return str(directory.user(who).get("real_name") or who)


def _somebody(directory: Directory, who: str) -> str:
    if who.startswith("S"):
        return count(len(directory.group_members(who)), "member")
    return str(directory.user(who).get("real_name") or who)


_REMEDIES = {
    "invalid_auth": "Slack does not know this token: copy it again from your app's page, and install the app.",
    "not_allowed_token_type": "this is another kind of token: the bot's begins with xoxb-, the app's with xapp-.",
    "missing_scope": "the token lacks a permission: use deploy/manifest.yaml, then reinstall the app.",
    "no_such_subteam": "there is no such user group: copy its id (S...) from the group's page in Slack.",
    "user_not_found": "there is no such user: copy the member id (U...) from the profile in Slack.",
    "channel_not_found": "there is no such channel, or the bot cannot see it: /invite @Fifteen there.",
}
