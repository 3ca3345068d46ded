"""views.*: modals and home tabs."""

from bot.sandbox.api.call import Call, method
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import Json


@method("views.open")
def open_view(call: Call) -> Json:
    """Show a modal."""
    view = call.slack.views.open(call.text("trigger_id"), call.structure("view"), push=False)
    return {"view": dict(view.body)}


@method("views.push")
def push(call: Call) -> Json:
    """Show a modal on top of the one that is open."""
    view = call.slack.views.open(call.text("trigger_id"), call.structure("view"), push=True)
    return {"view": dict(view.body)}


@method("views.update")
def update(call: Call) -> Json:
    """Change an open modal."""
    view = call.slack.workspace.view(call.text("view_id", "") or call.text("external_id"))
    if view is None:
        raise ApiError("not_found")
    call.slack.views.update(view, call.structure("view"), call.text("hash", ""))
    return {"view": dict(view.body)}


@method("views.publish")
def publish(call: Call) -> Json:
    """Set somebody's home tab."""
    user = call.user("user_id")
    view = call.slack.views.publish(user.id, call.structure("view"), call.text("hash", ""))
    return {"view": dict(view.body)}
