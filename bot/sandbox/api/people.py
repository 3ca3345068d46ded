"""users.* and usergroups.*."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Json, User, Usergroup


def described(user: User) -> Json:
    """Return a user as Slack describes one."""
    profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": TEAM_ID}
    if user.is_bot:
        profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
    return {
        "id": user.id,
        "team_id": TEAM_ID,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": False,
        "tz": "Etc/UTC",
        "tz_label": "UTC",
        "tz_offset": 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
    }


def described_group(group: Usergroup) -> Json:
    """Return a user group as Slack describes one."""
    return {
        "id": group.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "date_delete": 0,
        "user_count": len(group.users),
    }


@method("users.info", "users:read")
def info(call: Call) -> Json:
    """Describe one user."""
    return {"user": described(call.user())}


@method("users.list", "users:read")
def list_users(call: Call) -> Json:
    """List everybody."""
    users = [described(user) for user in call.slack.workspace.users.values()]
    page, metadata = call.page_of(users)
    return {"members": page, "cache_ts": int(call.slack.clock.now()), "response_metadata": metadata}


@method("users.conversations", "channels:read")
def conversations(call: Call) -> Json:
    """List the public channels that the bot, or a user, is in."""
    from bot.sandbox.api.conversations import described as described_channel  # noqa: PLC0415 - same name, other family

    user_id = call.text("user", BOT_USER_ID)
    channels = call.slack.workspace.channels.values()
    found = [described_channel(c) for c in channels if c.kind == "channel" and user_id in c.members]
    page, metadata = call.page_of(found)
    return {"channels": page, "response_metadata": metadata}


@method("usergroups.list", "usergroups:read")
def list_groups(call: Call) -> Json:
    """List the groups."""
    with_users = call.flag("include_users")
    groups = call.slack.workspace.usergroups.values()
    return {"usergroups": [{**described_group(g), **({"users": list(g.users)} if with_users else {})} for g in groups]}


@method("usergroups.users.list", "usergroups:read")
def list_group_users(call: Call) -> Json:
    """List who is in a group."""
    group = call.slack.workspace.usergroups.get(call.text("usergroup"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": list(group.users)}
