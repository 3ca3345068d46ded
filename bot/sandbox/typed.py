"""What happens to text that a person types: escaping, mentions, links; and the rich_text block that comes with it."""

import re

from bot.sandbox.workspace import Json, Workspace

_TOKEN = re.compile(
    r"(?P<fence>```.+?```)"
    r"|(?P<code>`[^`\n]+`)"
    r"|(?P<url>https?://[^\s<>|]+[^\s<>|.,;:!?)])"
    r"|<(?P<ref>[@#!][A-Z0-9^]+)(?:\|[^<>]*)?>"
    r"|(?<![\w.])@(?P<name>[A-Za-z][\w.-]*\w)"
    r"|(?<![\w&])#(?P<channel>[a-z][\w-]*\w)",
    re.DOTALL,
)
_BROADCASTS = ("here", "channel", "everyone")

Token = tuple[str, Json]


def escape(text: str) -> str:
    """Replace the three characters that Slack's markup is made of."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read_typed(text: str, workspace: Workspace) -> tuple[str, list[Json]]:
    """Turn what somebody typed into a message's `text` and `blocks`."""
    tokens = _tokens(text, workspace)
    block = {
        "type": "rich_text",
        "block_id": "typed",
        "elements": [{"type": "rich_text_section", "elements": [element for _, element in tokens]}],
    }
    return "".join(markup for markup, _ in tokens), [block]


def read_command_text(text: str, workspace: Workspace) -> str:
    """Turn a command's arguments into what a command with `should_escape` gets: mentions carry id and name."""
    return "".join(markup for markup, _ in _tokens(text, workspace, links=False))


def _tokens(text: str, workspace: Workspace, *, links: bool = True) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    for match in _TOKEN.finditer(text):
        token = _read(match, workspace, links=links)
        if token is not None:
            tokens += _plain(text[position : match.start()])
            tokens.append(token)
            position = match.end()
    return tokens + _plain(text[position:])


def _plain(text: str) -> list[Token]:
    return [(escape(text), {"type": "text", "text": text})] if text else []


def _read(match: re.Match[str], workspace: Workspace, *, links: bool) -> Token | None:
    kind = str(match.lastgroup)
    readers: Json = {
        "fence": lambda value, _: (escape(value), _styled(value.strip("`"))),
        "code": lambda value, _: (escape(value), _styled(value.strip("`"))),
        "url": lambda value, _: (f"<{escape(value)}>", {"type": "link", "url": value}) if links else None,
        "ref": _reference,
        "name": _mention,
        "channel": _channel,
    }
    token: Token | None = readers[kind](match[kind], workspace)
    return token


def _styled(text: str) -> Json:
    return {"type": "text", "text": text, "style": {"code": True}}


def _mention(name: str, workspace: Workspace) -> Token | None:
    if name in _BROADCASTS:
        return f"<!{name}>", {"type": "broadcast", "range": name}
    for group in workspace.usergroups.values():
        if group.handle == name:
            return f"<!subteam^{group.id}>", {"type": "usergroup", "usergroup_id": group.id}
    user = workspace.user_named(name)
    return (f"<@{user.id}>", {"type": "user", "user_id": user.id}) if user else None


def _channel(name: str, workspace: Workspace) -> Token | None:
    channel = workspace.channel_named(name)
    if channel is None or channel.kind != "channel":
        return None
    return f"<#{channel.id}|{channel.name}>", {"type": "channel", "channel_id": channel.id}


def _reference(ref: str, workspace: Workspace) -> Token | None:
    """A pasted <@U...> or <#C...> of something that exists is a mention, as in Slack's own composer."""
    kind, name = ref[0], ref[1:]
    if kind == "@" and name in workspace.users:
        return f"<@{name}>", {"type": "user", "user_id": name}
    if kind == "#" and name in workspace.channels:
        return f"<#{name}|{workspace.channels[name].name}>", {"type": "channel", "channel_id": name}
    return None
