"""Plain text: time, level, logger and message of the usual layouts, where they stand among the first words of a line.

log4j and logback, Spring Boot, Python logging, loguru, uvicorn, gunicorn, Ruby's and Go's loggers, glog, nginx and
Apache, PostgreSQL, MySQL, Redis, AWS Lambda, .NET, Monolog, PHP, Airflow, Envoy, Sidekiq, Elixir, Cassandra, Nest. One rule reads most of them: a time, a few words that are no prose
(thread, process, logger), a level, perhaps a logger, and the message.
"""

import re

from bot.logs.access import Line, by_status, read_access
from bot.logs.flatten import Scalar
from bot.logs.pairs import pairs
from bot.logs.severity import WORDS
from bot.logs.times import Reckoning, time_in

HEADER_CHARACTERS = 240
"""How far into a line time and level are looked for."""

TIME_WITHIN = 48

_LONG_WORDS = "|".join(
    sorted(
        (
            word
            for word in WORDS
            if len(word) > 2
            and word not in {"http", "log", "fail", "config", "success", "default", "failure", "timeout"}
        ),
        key=len,
        reverse=True,
    )
)
_UPPER = "|".join(word.upper() for word in _LONG_WORDS.split("|")) + "|LOG|CONFIG|SUCCESS"
_LEVEL_PARTS = tuple(
    word
    for word in (*_LONG_WORDS.split("|"), "log", "config", "success")
    if not any(other in word and other != word for other in _LONG_WORDS.split("|"))
)
"""In lower case: of which one stands in each that _LEVEL knows."""

# The level: in brackets of any kind or before a colon in any case; alone, or with its channel before it, in capitals only.
_LEVEL = (
    rf"(?:\[\s*(?:\w{{1,30}}:)?(?P<square>(?i:{_LONG_WORDS}))\s*\]|<(?P<angle>(?i:{_LONG_WORDS}))>|\((?P<round>(?i:{_LONG_WORDS}))\)"
    rf"|(?P<upper>{_UPPER})(?![\w.=-])|(?P<colon>(?i:{_LONG_WORDS}))(?=:|\s*\|)"
    rf"|[\w-]{{1,60}}\.(?P<channel>{_UPPER})(?=:\s)"  # Monolog
    r"|PHP (?:(?:Parse|Core|Compile|User|Recoverable|Catchable) )?(?P<php>(?i:fatal error|error|warning|notice))(?=:\s))"
)
_PAIR = r"(?!(?:level|lvl|severity)=)[A-Za-z_][\w.-]{0,40}+=(?:\"[^\"\n]{0,160}+\"|[^\s\"]{0,160}+)"
# A word between time and level that is no prose: in brackets, a number, with a dot or digit, or set off by a separator;
# pairs; and what PostgreSQL's prefixes are made of.
_NO_PROSE = (
    rf"(?:user=[^,\s]{{0,64}},db=[^,\s]{{0,64}},app=[^,\n]{{0,64}},client=\S{{0,64}}|(?>{_PAIR}(?:\s{{1,3}}{_PAIR}){{0,15}})"
    r"|(?:(?:[\w.:-]{0,60}\(\d{1,5}\)|\[local\])?:)?[^\s@:\[]{0,64}@[^\s@:\[]{0,64}:\[\d{1,10}\](?=:)"
    r"|(?:\[unknown\]|[\w.$-]{1,64})@(?:\[unknown\]|[\w.$-]{1,64})(?![\w:])|\{[^}\n]{0,80}\}"
    r"|\[[^\]\n]{0,80}\]|\([^)\n]{0,80}\)|<[^>\n]{0,40}>|\#?[0-9a-fA-F-]{1,40}(?=[\s\]])|[\w$@/-]{0,80}[.:\d][\w.$@/:\#-]{0,120}"
    r"|[\w$@./:-]{1,80}(?=\s*(?:\||\t|\s-\s))|UTC|GMT|[A-Z]{3,4}(?=\s\[))"
)
_TABBED = rf"(?<=\t)(?P<tab>(?i:{_LONG_WORDS}))(?=\t)"
"""The level right behind the time, as zap's console and Istio write it; further on, it is a column of something else."""

_LEVEL_NEXT = re.compile(rf"[\s|,:\]>)\"'-]{{0,8}}(?:{_LEVEL}|{_TABBED})")
_TO_LEVEL = re.compile(
    rf"[\s|,:\]>)\"'-]{{0,8}}(?:{_TABBED}|(?:{_NO_PROSE}(?:[\s|,:\]-]{{1,8}}|(?<=\])(?=\[))){{0,5}}?{_LEVEL})"
)
_LEVEL_FIRST = re.compile(rf"[\s\[(]{{0,4}}(?:{_LEVEL})(?:\[\d{{4,10}}\]\s|[\s\]:|,-]{{0,4}})")
_BEFORE_TIME = re.compile(
    rf"[\s\[(<\"']*(?:(?:{_LEVEL}(?:\s{{1,4}}\[[^\]\n]{{0,40}}\](?=\s))?|(?P<letter>[IWEFDT]),|\d+(?::[A-Z])?)"
    r"[\s\]:|,-]*[\s\[(<\"']*)?"
)
_AFTER_LEVEL = re.compile(
    r"[\s\]:|,)-]*(?:\[[^\]\n]{0,80}\]\s*)*(?:\#?\d+\s+---\s+|(?<=-\s)[\w.]{0,40}\s?:\s|:\s)?(?:\[[^\]\n]{0,80}\]\s*)*"
    r"(?:\([\w.$ #-]{1,80}[:-]\d+\)\s*(?:-\s)?)?"
    r"(?:(?P<logger>[\w.$/<>\[\]-]{1,120}(?::\w[\w<>]{0,60}){0,2}(?::\d+)?)\s*(?:\s--?\s|\s:\s|\t)\s*"
    r"|(?P<place>[\w$-]*[.:/][\w$./:<>-]{1,120}?):\s)?"
)
_GLOG = re.compile(
    r"(?P<level>[IWEF])(?P<mo>\d\d)(?P<d>\d\d) (?P<clock>\d\d:\d\d:\d\d(?:\.\d+)?)\s+\d+ (?P<place>[^\]\s]+)\] (?P<message>.*)"
)
_SHORT_TIME = re.compile(r"[\[(]?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?[\])]?(?=[\s|])")
_NEST = re.compile(
    r"\[Nest\] \d+\s+- (?P<mo>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4}), (?P<h>\d\d?)(?P<clock>:\d\d:\d\d) (?P<half>[AP])M\s+"
    r"(?P<level>LOG|ERROR|WARN|DEBUG|VERBOSE|FATAL) (?:\[(?P<logger>[^\]]{1,80})\] )?(?P<message>.*)"
)
_SERILOG = re.compile(r"\[\d\d:\d\d:\d\d (?P<level>VRB|DBG|INF|WRN|ERR|FTL)\] (?P<message>.*)")
_DOTNET = re.compile(r"(?P<level>trce|dbug|info|warn|fail|crit): (?P<logger>[\w.`+]{1,200})\[\d+\]$")
_PYTHON_DEFAULT = re.compile(r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL):(?P<logger>[\w.]{1,100}):(?P<message>.*)")
_LAMBDA = re.compile(r"(?:(?:START|END|REPORT) )?RequestId: (?P<id>[0-9a-f-]{36})(?P<rest>.*)")
_LAMBDA_FAILED = re.compile(r" Error: |.*?(?:Task timed out|Status: (?:error|timeout))")
_FAILED = re.compile(r"\s{1,4}(?:(?P<id>[0-9a-f-]{36}) Task timed out after \d|http: panic serving \S)")
"""What AWS Lambda and Go's web server say of a failure, without a level."""

_SPECIAL_INITIALS = "IWEF[DCtdiwfcSR"
"""With which the layouts begin that the common rule does not read, access logs left out."""

_DOTNET_LEVELS = {"trce": "trace", "dbug": "debug", "fail": "error", "crit": "critical"}
_GLOG_LEVELS = {"I": "info", "W": "warn", "E": "error", "F": "fatal", "D": "debug", "T": "trace"}

_NGINX_TAIL = re.compile(
    r", (client|server|request|upstream|host|referrer|subrequest): (?:\"((?:[^\"\\]|\\.)*)\"|([^,\"]*))(?=, |$)"
)
_NGINX_CONNECTION = re.compile(r"(?:\d+#\d+: )?(?:\*\d+ )?")
_SLEUTH = re.compile(
    r"\[(?:(?P<service>[\w.-]{0,80}),)?(?P<trace>[0-9a-f]{16,32})[,-](?P<span>[0-9a-f]{16})(?:,\w*)?\]"
)
"""Spring's ids: `[shop,4bf9...,00f0...]`, and since Spring Boot 3 `[4bf9...-00f0...]`."""


def read_layout(text: str, reckoning: Reckoning) -> Line | None:
    """Return what a line of one of the usual layouts says, or None where it has neither time nor level."""
    if access := read_access(text, reckoning):
        return access
    special = _special(text, reckoning) if text[:1] in _SPECIAL_INITIALS else None
    line = special or _dated(text, reckoning) or _undated(text)
    return line and by_status(line)


def _special(text: str, reckoning: Reckoning) -> Line | None:
    """Read the layouts that the common rule does not."""
    if match := _GLOG.match(text):
        year = reckoning.year_of(int(match["mo"]), int(match["d"]))
        dated = time_in(f"{year}-{match['mo']}-{match['d']} {match['clock']}", 0, 1, reckoning)
        at = dated[0] if dated else None
        return Line({"level": _GLOG_LEVELS[match["level"]], "logger": match["place"], "message": match["message"]}, at)
    if match := _NEST.match(text):
        hour = int(match["h"]) % 12 + (12 if match["half"] == "P" else 0)
        day = f"{match['y']}-{int(match['mo']):02d}-{int(match['d']):02d}"
        dated = time_in(f"{day} {hour:02d}{match['clock']}", 0, 1, reckoning)
        said = {name: match[name] for name in ("level", "logger", "message")}
        return Line(said, dated[0] if dated else None)
    for pattern in (_SERILOG, _PYTHON_DEFAULT):
        if match := pattern.match(text):
            return Line(match.groupdict(), None)
    if match := _DOTNET.match(text):
        level = _DOTNET_LEVELS.get(match["level"], match["level"])
        return Line({"level": level, "logger": match["logger"], "message": ""}, None)
    if match := _LAMBDA.match(text):
        level = "error" if _LAMBDA_FAILED.match(match["rest"]) else "info"
        return Line({"level": level, "message": text.replace("\t", " ").strip(), "requestId": match["id"]}, None)
    return None


def _dated(text: str, reckoning: Reckoning) -> Line | None:
    found = time_in(text, 0, TIME_WITHIN, reckoning)
    if found is None:
        return None
    at, start, end = found
    level = letter = ""
    if start:  # most lines begin with their time
        before = _BEFORE_TIME.fullmatch(text, 0, start)
        if before is None:
            return None
        letter = before["letter"] or ""
        level = _GLOG_LEVELS[letter] if letter else _level(before)
    after = _to_level(text, end) if not level or letter else None
    if after:
        level, end = _level(after), after.end()
    elif not level and (failed := _FAILED.match(text, end)):
        said = {"requestId": failed["id"]} if failed["id"] else {}
        return Line({**_rest(text, end, "error"), **said}, at)
    return Line(_rest(text, end, level), at)


def _undated(text: str) -> Line | None:
    short = _SHORT_TIME.match(text)
    if short and (match := _TO_LEVEL.match(text, short.end(), short.end() + HEADER_CHARACTERS)):
        return Line(_rest(text, match.end(), _level(match)), None)
    match = _LEVEL_FIRST.match(text)
    if match and match.end() > match.end(match.lastgroup or 0) and match.end() < len(text):
        return Line(_rest(text, match.end(), _level(match)), None)
    return None


def _to_level(text: str, at: int) -> re.Match[str] | None:
    """Return what stands from a place on to the level and with it.

    Where no level stands, looking for it behind words of any kind takes as long as all the rest.
    """
    found = _LEVEL_NEXT.match(text, at, at + HEADER_CHARACTERS)
    if found:
        return found
    header = text[at : at + HEADER_CHARACTERS].lower()
    may_be = any(part in header for part in _LEVEL_PARTS) or not header.isascii()
    return _TO_LEVEL.match(text, at, at + HEADER_CHARACTERS) if may_be else None


def _level(match: re.Match[str]) -> str:
    """Return what the one group of _LEVEL that matched holds; where it may match nothing, there is none."""
    return match[match.lastgroup] if match.lastgroup else ""


def _rest(text: str, end: int, level: str) -> dict[str, Scalar]:
    """Return the fields of the line from the end of its time and level on."""
    fields: dict[str, Scalar] = {"level": level or None}
    header, match = text[:end], _AFTER_LEVEL.match(text, end)
    start = end
    if match and match.end() < len(text):
        fields["logger"], start = match["logger"] or match["place"], match.end()
    message = text[start:].lstrip(" \t]:|-")
    if ", client: " in message:
        fields |= {f"nginx.{name}": quoted or bare for name, quoted, bare in _NGINX_TAIL.findall(message)}
        message = _NGINX_CONNECTION.sub("", message.partition(", client: ")[0], count=1)
    if text.find("[", 0, start) >= 0 and (sleuth := _SLEUTH.search(text, 0, start)):
        fields |= {"traceId": sleuth["trace"], "spanId": sleuth["span"]}
        if sleuth["service"] is not None:
            fields["service"] = sleuth["service"]
    fields["message"] = message
    return {**pairs(header), **fields}
