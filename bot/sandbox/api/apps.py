"""auth.test, api.test, apps.connections.open, blocks.validate."""

from bot.sandbox.api.call import ANY_TOKEN, APP_TOKEN, NO_TOKEN, Call, method
from bot.sandbox.blocks.rules import Problem
from bot.sandbox.blocks.surfaces import check_blocks, check_view
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, TEAM_NAME, Json


@method("api.test", token=NO_TOKEN)
def api_test(call: Call) -> Json:
    """Answer with what was sent."""
    if "error" in call.args:
        raise ApiError(call.text("error"), args=call.args)
    return {"args": call.args}


@method("auth.test", token=ANY_TOKEN)
def auth_test(call: Call) -> Json:
    """Say whose token it is."""
    if call.token == APP_TOKEN:
        return {"app_name": call.slack.manifest.name, "app_id": APP_ID}
    return {
        "url": f"{call.slack.base_url}/",
        "team": TEAM_NAME,
        "user": call.slack.workspace.users[BOT_USER_ID].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", token=APP_TOKEN)
def open_connection(call: Call) -> Json:
    """Give the address of a socket, good for one connection."""
    if call.slack.http is not None:
        raise ApiError.explained("socket_mode_not_enabled", "this sandbox delivers over HTTP")
    ticket = call.slack.socket.new_ticket()
    if ticket is None:
        raise ApiError("too_many_websockets")
    return {"url": f"{call.slack.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP_ID}"}


@method("blocks.validate")
def validate(call: Call) -> Json:
    """Check blocks, a message or a view without posting it."""
    given = [name for name in ("blocks", "message", "view") if call.structure(name) is not None]
    if len(given) != 1:
        raise ApiError.explained("invalid_arguments", "provide exactly one of blocks, view, or message")
    problems = _problems(given[0], call.structure(given[0]))
    if problems:
        raise ApiError(f"invalid_{given[0]}", errors=problems)
    return {}


def _problems(name: str, value: Json) -> list[Problem]:
    if name == "blocks":
        return check_blocks(value)
    if name == "view":
        return check_view(value)
    blocks = value.get("blocks", []) if isinstance(value, dict) else None
    return [{**found, "pointer": "/blocks" + found["pointer"]} for found in check_blocks(blocks)]
