"""Modals and home tabs: what is open, and what an app's answer does to it."""

import copy
import secrets
from typing import Any

from bot.sandbox.blocks import fill_ids
from bot.sandbox.blocks.surfaces import check_view
from bot.sandbox.errors import ApiError
from bot.sandbox.state import initial_values
from bot.sandbox.traffic import Feed
from bot.sandbox.triggers import Triggers
from bot.sandbox.workspace import APP_ID, BOT_ID, TEAM_ID, Json, View, Workspace, new_id

DEEPEST_STACK = 3


class Views:
    """The stacks of modals, one a user, and the home tabs."""

    def __init__(self, workspace: Workspace, triggers: Triggers, feed: Feed) -> None:
        self._workspace = workspace
        self._triggers = triggers
        self._feed = feed

    def open(self, trigger_id: str, definition: Any, *, push: bool) -> View:
        """Show a modal to whoever made the trigger: as the first of a stack, or on top of the others.

        Raises:
            ApiError: the trigger or the view is not good, or the stack is full.
        """
        self._check(definition, "modal")
        user_id = self._triggers.exchange(trigger_id)
        return self._put(user_id, definition, push=push)

    def update(self, view: View, definition: Any, view_hash: str | None = None) -> View:
        """Replace what a view shows; it keeps its id and, where ids are the same, what was typed.

        Raises:
            ApiError: the definition is not good, or somebody else was faster.
        """
        self._check(definition, view.body["type"])
        if view_hash and view_hash != view.body["hash"]:
            raise ApiError("hash_conflict")
        typed = view.body["state"]["values"]
        view.body = self._body(definition, view.body)
        for block_id, actions in view.body["state"]["values"].items():
            for action_id, state in actions.items():
                before = typed.get(block_id, {}).get(action_id)
                if before and before["type"] == state["type"]:
                    actions[action_id] = before
        view.errors, view.trouble = {}, ""
        self._tell(view.user_id)
        return view

    def publish(self, user_id: str, definition: Any, view_hash: str | None = None) -> View:
        """Set somebody's home tab.

        Raises:
            ApiError: the definition is not good, or somebody else was faster.
        """
        self._check(definition, "home")
        home = self._workspace.homes.get(user_id)
        if home is not None:
            return self.update(home, definition, view_hash)
        self._workspace.homes[user_id] = View(user_id, self._body(definition, {}))
        self._tell(user_id)
        return self._workspace.homes[user_id]

    def close(self, view: View) -> list[View]:
        """Take a modal and what stands on it away; return what is gone, topmost first."""
        stack = self._workspace.modals.get(view.user_id, [])
        if view not in stack:
            return []
        index = stack.index(view)
        gone = stack[index:][::-1]
        del stack[index:]
        self._tell(view.user_id)
        return gone

    def clear(self, user_id: str) -> None:
        """Take every modal of somebody away."""
        self._workspace.modals.pop(user_id, None)
        self._tell(user_id)

    def respond(self, view: View, answer: Any) -> None:
        """Do what an app answered to a submission: nothing closes the view.

        Raises:
            ApiError: the answer is not one that Slack takes.
        """
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if action is None:
            self.close(view)
        elif action == "clear":
            self.clear(view.user_id)
        elif action == "update":
            self.update(view, answer.get("view"))
        elif action == "push":
            self._check(answer.get("view"), "modal")
            self._put(view.user_id, answer["view"], push=True)
        elif action == "errors":
            self._show_errors(view, answer.get("errors"))
        else:
            raise ApiError("invalid_response_action")

    def in_trouble(self, view: View) -> None:
        """Show that the app did not answer; what was typed stays."""
        view.trouble = "We had some trouble connecting. Try again?"
        self._tell(view.user_id)

    def _show_errors(self, view: View, errors: Any) -> None:
        inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            raise ApiError("invalid_errors", inputs=sorted(inputs))
        view.errors = {str(block_id): str(text) for block_id, text in errors.items()}
        self._tell(view.user_id)

    def _put(self, user_id: str, definition: Json, *, push: bool) -> View:
        stack = self._workspace.modals.setdefault(user_id, [])
        if not push:
            stack.clear()
        if len(stack) == DEEPEST_STACK:
            raise ApiError("push_limit_reached")
        external_id = definition.get("external_id")
        if external_id and self._workspace.view(external_id) is not None:
            raise ApiError("duplicate_external_id")
        body = self._body(definition, {})
        if stack:
            body |= {"previous_view_id": stack[-1].id, "root_view_id": stack[0].id}
        stack.append(View(user_id, body))
        self._tell(user_id)
        return stack[-1]

    @staticmethod
    def _check(definition: Any, kind: str) -> None:
        if not isinstance(definition, dict):
            raise ApiError.explained("invalid_arguments", "missing required field: view [json-pointer:/view]")
        problems = check_view(definition)
        if not problems and definition["type"] != kind:
            raise ApiError.explained("invalid_arguments", f"view type must be {kind} [json-pointer:/view/type]")
        if problems:
            texts = [f"{problem['message']} [json-pointer:/view{problem['pointer']}]" for problem in problems]
            raise ApiError.explained("invalid_arguments", *texts)

    @staticmethod
    def _body(definition: Json, before: Json) -> Json:
        blocks = fill_ids(definition["blocks"])
        view_id = before.get("id") or new_id("V")
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "title": None,
            "close": None,
            "submit": None,
            "clear_on_close": False,
            "notify_on_close": False,
        }
        return {
            **defaults,
            **copy.deepcopy(definition),
            "id": view_id,
            "team_id": TEAM_ID,
            "blocks": blocks,
            "state": {"values": initial_values(blocks)},
            "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
            "previous_view_id": before.get("previous_view_id"),
            "root_view_id": before.get("root_view_id") or view_id,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }

    def _tell(self, user_id: str) -> None:
        self._feed.publish({"type": "views", "user": user_id})
