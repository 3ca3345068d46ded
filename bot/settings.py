"""`fifteen.toml` and the environment: read once, in main; never at import.

A mistake is answered with the file, the key, what is wrong and what would be right.
"""

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from bot.errors import ConfigError
from bot.times import read_duration, read_timezone, write_duration

DEFAULT_FILE = "fifteen.toml"
SLACK_API_URL = "https://slack.com/api/"


# What Slack does not know by this name it shows as text, and nobody is called.
_SOMEBODY = re.compile(r"[SUW][A-Z0-9]{2,30}")
_CHANNEL = re.compile(r"#[^\s#@<>|,]{1,80}|[CG][A-Z0-9]{2,30}")


def _somebody(text: str) -> str:
    if not _SOMEBODY.fullmatch(text):
        raise ValueError('an id of Slack\'s is needed: a user group ("S0123456") or a user ("U0123456")')
    return text


def _channel(text: str) -> str:
    if not _CHANNEL.fullmatch(text):
        raise ValueError('a channel is written as "#incidents" or by its id, "C0123456"')
    return text


def _beside(path: str, info: ValidationInfo) -> str:
    """Return a path as it stands beside the file that it is written in."""
    return os.path.join((info.context or {}).get("folder", ""), path)  # noqa: PTH118 - keeps the slash that ends a folder


def _store_beside(url: str, info: ValidationInfo) -> str:
    """Return a database's URL with the path of SQLite's file as it stands beside the file that it is written in."""
    scheme, slashes, path = url.partition(":///")
    is_file = scheme == "sqlite" and path not in ("", ":memory:")
    return f"{scheme}{slashes}{_beside(path, info)}" if is_file else url


def _at_most(most: timedelta) -> AfterValidator:
    """Refuse a longer time, in the words of the file."""

    def check(length: timedelta) -> timedelta:
        if length > most:
            raise ValueError(f"it is too long: at most {write_duration(most)}")
        return length

    return AfterValidator(check)


LocalPath = Annotated[str, AfterValidator(_beside)]
Somebody = Annotated[str, AfterValidator(_somebody)]
Channel = Annotated[str, AfterValidator(_channel)]
Duration = Annotated[timedelta, BeforeValidator(read_duration)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


TimeZone = Annotated[ZoneInfo, BeforeValidator(read_timezone)]

DialectName = Literal[
    "bunyan", "clef", "datadog", "dotnet", "ecs", "gcp", "gelf", "journald", "json", "lambda", "lambda_platform", "log4j2",
    "logback", "logfmt", "lograge", "logrus", "mongodb", "monolog", "otlp", "pino", "powertools", "python_json_logger",
    "semantic_logger", "slog", "structlog", "text", "winston", "zap", "zerolog",
]  # fmt: skip
"""The dialects of logs, as `bot.logs.dialect` reads them."""


class FileLogSettings(_Section):
    """Logs in files: `path` is a file, a folder or a glob, or a list of them.

    Args:
        user_fields: Dotted names to try first for the user.
        dialect: Of every line; without it, it is found by looking, a file at a time.
        timezone: Of times that carry no zone; without it they are taken as UTC.
        disorder: How far lines of one file may stand out of order.
    """

    kind: Literal["file"]
    path: LocalPath | list[LocalPath]
    user_fields: list[str] = []
    dialect: DialectName | None = None
    timezone: TimeZone | None = None
    disorder: Annotated[Duration, _at_most(timedelta(hours=1))] = timedelta(seconds=60)  # more is read on both sides

    @property
    def paths(self) -> list[str]:
        """The paths as a list."""
        return [self.path] if isinstance(self.path, str) else self.path


class GitDeploySettings(_Section):
    """Deploys from a git clone: tags that match are deploys; without tags, commits of `branch` are "merged"."""

    kind: Literal["git"]
    path: LocalPath
    tags: str | None = None
    branch: str | None = None
    safe_directory: bool = False


class DeployLogSettings(_Section):
    """Deploys from a file of JSON lines {at, revision, environment?, name?}; `repository` tells the rest."""

    kind: Literal["file"]
    path: LocalPath
    repository: LocalPath | None = None
    safe_directory: bool = False


DeploySettings = Annotated[GitDeploySettings | DeployLogSettings, Field(discriminator="kind")]


Some = Annotated[list[Somebody] | None, Field(min_length=1)]


class MaySettings(_Section):
    """Who may do what: user groups (S...) and users (U...) for each act; what is left out is everybody's."""

    start: Some = None
    confirm: Some = None
    snooze: Some = None
    rollback: Some = None
    resolve: Some = None


class ServiceSettings(_Section):
    """One service: where its logs are, what shipped, and how its last deploy is rolled back.

    Args:
        rollback_command: A template to copy, never run; `{previous}` is the previous deploy's name, else its SHA.
        oncall: A user group (S...) or user (U...) that the rollback call mentions.
        escalate_to: Whom the third call mentions as well.
        channels: Channel ids or #names whose incidents are about this service.
        may: Who may do what about this service; what is left out is as at the top.
    """

    logs: FileLogSettings | None = None
    deploys: DeploySettings | None = None
    rollback_after: Duration = timedelta(minutes=15)
    rollback_command: str | None = None
    rollback_horizon: Duration = timedelta(hours=24)
    oncall: Somebody | None = None
    escalate_to: Somebody | None = None
    channels: list[Channel] = []
    window: Duration = timedelta(minutes=15)
    baseline: Duration = timedelta(hours=1)
    # It ends before its lease.
    triage_deadline: Annotated[Duration, _at_most(timedelta(minutes=2))] = timedelta(seconds=60)
    may: MaySettings = MaySettings()


class Settings(_Section):
    """The whole of `fifteen.toml`.

    Args:
        redact: Regular expressions of what is masked in everything that is shown, besides secrets and personal data;
            where one has a group named "secret", that group alone.
    """

    redact: list[str] = []
    # It may hold a password.
    store: Annotated[str, AfterValidator(_store_beside)] = Field(
        default="sqlite:///fifteen.db", validate_default=True, repr=False
    )
    default_channel: Channel | None = None
    may: MaySettings = MaySettings()
    service: dict[str, ServiceSettings] = {}

    def allowed(self, act: str, service: str | None) -> list[str] | None:
        """Return who may do an act (a key of `[may]`) about a service, None for everybody; without a service, the top's."""
        own = self.service[service].may if service in self.service else MaySettings()
        found: list[str] | None = getattr(own, act) or getattr(self.may, act)
        return found

    def named_groups(self) -> frozenset[str]:
        """Return every user group that some act is left to."""
        sections = (self.may, *(service.may for service in self.service.values()))
        lists = (getattr(section, act) or [] for section in sections for act in MaySettings.model_fields)
        return frozenset(one for some in lists for one in some if one.startswith("S"))


class SlackSettings(_Section):
    """What the environment says of Slack. Secrets never reach a repr."""

    bot_token: str = Field(repr=False)
    app_token: str | None = Field(default=None, repr=False)
    signing_secret: str | None = Field(default=None, repr=False)
    api_url: str = SLACK_API_URL


def load(path: Path) -> Settings:
    """Read a configuration file; relative paths in it are relative to it.

    Raises:
        ConfigError: it is missing, is not TOML, or a key is wrong; the error names file and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            str(path), "there is no such file.", "Copy deploy/fifteen.toml there and fill it in."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"it cannot be read ({error}).", "Check its permissions and encoding.") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        right = "Strings stand in quotes." if _UNQUOTED.match(str(error)) else ""
        raise ConfigError(str(path), f"it is not valid TOML: {error}.", right) from None
    try:
        settings = Settings.model_validate(content, context={"folder": str(path.absolute().parent)})
    except ValidationError as error:
        raise _explain(path, error.errors()[0]) from None
    _check_templates(path, settings)
    return settings


# How tomllib complains of a string without its quotes, or without one of them: `store = x.db`, `window = 5m`.
_UNQUOTED = re.compile("Invalid value|Unterminated string|Illegal character|Expected newline or end of document after")


def slack_from_environment(*, http: bool, environ: Mapping[str, str] = os.environ) -> SlackSettings:
    """Read the tokens that this way of delivery needs.

    Args:
        http: True for HTTP delivery, which needs the signing secret; Socket Mode needs the app token.
        environ: Where to look.

    Raises:
        ConfigError: a variable is missing or of the wrong kind.
    """
    found, wrong = slack_as_far_as_set(http=http, environ=environ)
    for error in wrong:
        raise error
    return found


def slack_as_far_as_set(
    *, http: bool, environ: Mapping[str, str] = os.environ
) -> tuple[SlackSettings, tuple[ConfigError, ...]]:
    """Read the same, and return what is wrong with the others beside those that can be used: a token may be empty then."""
    readers: dict[str, Callable[[], str]] = {
        "bot_token": lambda: _token(environ, "SLACK_BOT_TOKEN", "xoxb-", "OAuth & Permissions -> Bot User OAuth Token"),
        "app_token": lambda: _token(
            environ, "SLACK_APP_TOKEN", "xapp-", "Basic Information -> App-Level Tokens (connections:write)"
        ),
        "signing_secret": lambda: _secret(environ),
        "api_url": lambda: _api_url(environ.get("SLACK_API_URL")),
    }
    del readers["app_token" if http else "signing_secret"]
    found, wrong = {"bot_token": ""}, []
    for field, read in readers.items():
        try:
            found[field] = read()
        except ConfigError as error:
            wrong.append(error)
    return SlackSettings.model_validate(found), tuple(wrong)


def _secret(environ: Mapping[str, str]) -> str:
    secret = environ.get("SLACK_SIGNING_SECRET", "").strip()
    if not secret:
        raise ConfigError("SLACK_SIGNING_SECRET", "it is not set.", "Copy it from Basic Information -> Signing Secret.")
    return secret


def _api_url(text: str | None) -> str:
    url = (text or SLACK_API_URL).strip()
    if not url.startswith(("https://", "http://")):
        raise ConfigError("SLACK_API_URL", f"{url!r} is no URL.", f"Leave it unset for Slack itself ({SLACK_API_URL}).")
    return url if url.endswith("/") else url + "/"


def _token(environ: Mapping[str, str], name: str, prefix: str, where: str) -> str:
    token = environ.get(name, "").strip()
    if not token:
        raise ConfigError(name, "it is not set.", f"Copy it from your app's page: {where}.")
    if not token.startswith(prefix):
        raise ConfigError(name, f"it does not begin with {prefix}.", f"Copy it from your app's page: {where}.")
    return token


def _check_templates(path: Path, settings: Settings) -> None:
    for name, service in settings.service.items():
        unknown = set(re.findall(r"\{(\w*)\}", service.rollback_command or "")) - {"previous"}
        if unknown:
            raise ConfigError(
                f"{path}: service.{name}.rollback_command",
                f"{{{min(unknown)}}} is no placeholder.",
                "The only one is {previous}, the deploy to go back to.",
            )


# What pydantic puts into a location for a branch of a union, from the fourth part on.
_BRANCH = re.compile(r"git|str|list\[.*\]|function-\w+(?:\[.*\])?")


def _explain(path: Path, error: Any) -> ConfigError:
    # A discriminated union puts the chosen kind into the location; the file has no such key.
    parts = [str(part) for part in error["loc"]]
    location = [
        part for position, part in enumerate(parts) if position < 3 or not _BRANCH.fullmatch(part)
    ]  # service.git
    if len(location) > 2 and location[0] == "service" and "deploys" in location:
        location = [
            part
            for position, part in enumerate(location)
            if not (part == "file" and location[position - 1] == "deploys")
        ]
    where = f"{path}: {'.'.join(location)}"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(where, location, error["loc"])
    if kind == "missing":
        return ConfigError(where, "it is missing.", "Add it; docs/configuration.md has an example of each key.")
    if kind in {"union_tag_invalid", "literal_error"}:
        expected = str(context.get("expected_tags") or context.get("expected"))
        if kind == "literal_error" and location[-1] != "kind":
            return ConfigError(where, f"{error['input']!r} is not known.", f"Use one of: {expected}.")
        where = where if where.endswith(".kind") else where + ".kind"
        return ConfigError(where, "it is not a kind that Fifteen knows.", f"Use one of: {expected}.")
    if kind == "union_tag_not_found":
        return ConfigError(where + ".kind", "it is missing.", 'Add kind = "git" or kind = "file".')
    right = _of_type(kind, error["input"], location) or f"{_sentence(error['msg'].removeprefix('Value error, '))}."
    return ConfigError(where, f"{error['input']!r} cannot be used.", right)


def _unknown_key(where: str, location: list[str], loc: Sequence[str | int]) -> ConfigError:
    known = _known_keys(location)
    if "deploys" in location[:-1] and location[-1] in known:
        chosen, other = ("file", "git") if loc[-2] == "file" else ("git", "file")
        right = f'Leave it out, or write kind = "{other}".'
        return ConfigError(where, f'kind = "{chosen}" takes no {location[-1]}.', right)
    near = get_close_matches(location[-1], known, n=1)
    right = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(sorted(known))}."
    return ConfigError(where, "there is no such key.", right)


def _of_type(kind: str, value: object, location: list[str]) -> str:
    """Return what to write where a value is of another type than the key's, mostly nothing."""
    key = location[-1]
    match kind:
        case "list_type":
            return f"Write a list: {key} = [{json.dumps(value, ensure_ascii=False)}]" if isinstance(value, str) else ""
        case "string_type":
            return f'Write a text in quotes: {key} = "..."'
        case "bool_type" | "bool_parsing":
            return f"Write {key} = true or {key} = false"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"Write a table: [{'service.NAME' if location == ['service'] else '.'.join(location)}]"
    return ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _known_keys(location: list[str]) -> list[str]:
    if "may" in location[:-1]:
        return list(MaySettings.model_fields)
    if location[0] != "service":
        return list(Settings.model_fields)
    section: type[BaseModel] = ServiceSettings
    if "logs" in location[:-1]:
        section = FileLogSettings
    elif "deploys" in location[:-1]:
        return sorted({*GitDeploySettings.model_fields, *DeployLogSettings.model_fields})
    return list(section.model_fields)
