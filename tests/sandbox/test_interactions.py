"""Presses, modals, shortcuts, response_url and trigger ids, with a real app on the socket."""

import json
import urllib.error
import urllib.request

import pytest

from tests.sandbox.test_web_api import error_of
from tests.support.sandbox_process import Refused


def plain(text):
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def option(value):
    """Return an option whose text is its value."""
    return {"text": plain(value), "value": value}


BUTTON = {"type": "button", "action_id": "yes", "text": plain("Yes"), "value": "12"}
MENU = {"type": "static_select", "action_id": "state", "options": [option("testing"), option("confirmed")]}
OVERFLOW = {"type": "overflow", "action_id": "more", "options": [option("undo")]}
BLOCKS = [{"type": "actions", "block_id": "b", "elements": [BUTTON, MENU, OVERFLOW]}]
REASON = {
    "type": "input",
    "block_id": "reason",
    "label": plain("Reason"),
    "element": {"type": "plain_text_input", "action_id": "text", "max_length": 10},
}
MINUTES = {
    "type": "input",
    "block_id": "minutes",
    "optional": True,
    "label": plain("Minutes"),
    "element": {"type": "static_select", "action_id": "pick", "options": [option("5"), option("10")]},
}
MODAL = {
    "type": "modal",
    "callback_id": "snooze",
    "title": plain("Not yet"),
    "submit": plain("Save"),
    "private_metadata": "12",
    "blocks": [REASON, MINUTES],
}


@pytest.fixture
def card(slack, app):
    """The ts of a message with a button and two menus."""
    return app.web.chat_postMessage(channel=slack.channel, text="card", blocks=BLOCKS)["ts"]


@pytest.fixture
def modal(slack, app):
    """An open modal."""
    slack.say("/incident help")
    trigger_id = app.wait_for_payload("slash_commands")["trigger_id"]
    app.web.views_open(trigger_id=trigger_id, view=MODAL)
    return slack.wait_for_view()


def post(url, body):
    """Send JSON to a response_url and return status and answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)["error"]


def test_a_pressed_button_arrives_with_its_message(slack, app, card):
    """Container, message, user and the button's own value."""
    slack.click(card, "yes", user="U0BEN")
    payload = app.wait_for_payload("block_actions")
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("yes", "b", "12")
    assert payload["user"]["id"] == "U0BEN"
    assert payload["container"]["message_ts"] == payload["message"]["ts"] == card
    assert payload["channel"]["id"] == slack.channel


def test_a_choice_arrives_as_the_whole_option(slack, app, card):
    """In a menu and in an overflow; the menu's choice stands in the state too."""
    slack.click(card, "state", "confirmed")
    payload = app.wait_for_payload("block_actions")
    assert payload["actions"][0]["selected_option"] == option("confirmed")
    assert payload["state"]["values"]["b"]["state"]["selected_option"] == option("confirmed")
    slack.click(card, "more", "undo")
    slack.wait_for(lambda: len(app.payloads("block_actions")) == 2, what="the second")
    assert app.payloads("block_actions")[1]["actions"][0]["selected_option"] == option("undo")


@pytest.mark.parametrize(
    ("action_id", "value", "error", "named"),
    [("no", None, "no_such_action", "yes, state, more"), ("state", "refuted", "no_such_option", "'confirmed'")],
)
def test_what_is_not_there_cannot_be_pressed(slack, card, action_id, value, error, named):
    """The refusal names what there is."""
    with pytest.raises(Refused) as refused:
        slack.click(card, action_id, value)
    assert refused.value.answer["error"] == error
    assert named in refused.value.answer["detail"]


def test_an_ephemeral_message_can_be_pressed_by_its_reader_alone(slack, app):
    """Its payload has no message, for Slack keeps none."""
    app.web.chat_postEphemeral(channel=slack.channel, user="U0BEN", text="x", blocks=BLOCKS)
    ts = slack.messages()[-1]["ts"]
    with pytest.raises(Refused, match="no_such_message"):
        slack.click(ts, "yes")
    slack.click(ts, "yes", user="U0BEN")
    payload = app.wait_for_payload("block_actions")
    assert payload["container"]["is_ephemeral"]
    assert "message" not in payload


def test_a_response_url_replaces_adds_and_deletes(slack, app, card):
    """replace_original, an ephemeral answer by default, in_channel, delete_original."""
    slack.click(card, "yes")
    url = app.wait_for_payload("block_actions")["response_url"]
    assert post(url, {"text": "changed", "replace_original": True}) == (200, "ok")
    assert slack.messages()[0]["text"] == "changed"
    assert slack.messages()[0]["blocks"] == []
    post(url, {"text": "psst"})
    assert slack.messages()[-1]["ephemeral_to"] == slack.user
    post(url, {"text": "all", "response_type": "in_channel"})
    assert "ephemeral_to" not in slack.messages()[-1]
    post(url, {"delete_original": True})
    assert card not in {message["ts"] for message in slack.messages()}


def test_a_response_url_is_good_five_times(slack, app, card):
    """The sixth answer is refused."""
    slack.click(card, "yes")
    url = app.wait_for_payload("block_actions")["response_url"]
    assert [post(url, {"text": str(number)})[0] for number in range(5)] == [200] * 5
    assert post(url, {"text": "6"}) == (404, "used_url")


def test_a_response_url_is_good_for_half_an_hour(slack, app, card):
    """On the sandbox's clock."""
    slack.click(card, "yes")
    url = app.wait_for_payload("block_actions")["response_url"]
    slack.advance(29 * 60)
    assert post(url, {"text": "in time"})[0] == 200
    slack.advance(60)
    assert post(url, {"text": "late"}) == (404, "expired_url")


def test_a_response_url_checks_blocks(slack, app, card):
    """As chat.postMessage does."""
    slack.click(card, "yes")
    url = app.wait_for_payload("block_actions")["response_url"]
    assert post(url, {"blocks": [{"type": "header", "text": plain("x" * 151)}]}) == (400, "invalid_blocks")


def test_a_trigger_opens_one_view(slack, app):
    """Used twice, unknown."""
    slack.say("/incident help")
    trigger_id = app.wait_for_payload("slash_commands")["trigger_id"]
    app.web.views_open(trigger_id=trigger_id, view=MODAL)
    assert error_of(app.web.views_open, trigger_id=trigger_id, view=MODAL) == "exchanged_trigger_id"
    assert error_of(app.web.views_open, trigger_id="1.2.3", view=MODAL) == "invalid_trigger_id"


def test_a_trigger_is_good_for_three_seconds_of_real_time(slack, app):
    """A jump of the sandbox's clock does not age it; real time does."""
    slack.say("/incident help")
    trigger_id = app.wait_for_payload("slash_commands")["trigger_id"]
    slack.advance(3600)
    issued = slack.slack.triggers._issued
    user, at = issued[trigger_id]
    issued[trigger_id] = (user, at - 3.1)
    assert error_of(app.web.views_open, trigger_id=trigger_id, view=MODAL) == "expired_trigger_id"
    issued[trigger_id] = (user, at)
    assert app.web.views_open(trigger_id=trigger_id, view=MODAL)["ok"]


def test_a_submitted_modal_arrives_and_closes(slack, app, modal):
    """The state holds what was typed and what was left open."""
    slack.submit(modal["id"], {"reason": {"text": {"value": "checking"}}})
    payload = app.wait_for_payload("view_submission")
    assert payload["view"]["private_metadata"] == "12"
    assert payload["view"]["state"]["values"] == {
        "reason": {"text": {"type": "plain_text_input", "value": "checking"}},
        "minutes": {"pick": {"type": "static_select", "selected_option": None}},
    }
    slack.wait_for(lambda: not slack.views(), what="the modal to close")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, "missing_value"),
        ({"reason": {"text": {"value": "far too long a reason"}}}, "wrong_value"),
        ({"reason": {"texts": {"value": "x"}}}, "no_such_input"),
        ({"nothing": {"text": {"value": "x"}}}, "no_such_input"),
        ({"reason": {"text": "x"}}, "wrong_value"),
        ({"minutes": {"pick": {"selected_option": {"value": "15"}}}}, "no_such_option"),
    ],
)
def test_a_modal_is_not_sent_with_what_its_form_would_not_take(slack, modal, values, error):
    """Slack's client refuses before it sends; nothing reaches the app."""
    with pytest.raises(Refused, match=error):
        slack.submit(modal["id"], values)
    assert len(slack.views()) == 1


def test_an_app_can_answer_a_submission_with_errors(slack, app, modal):
    """The modal stays, with the message at its input."""
    app.answer = lambda request: {"response_action": "errors", "errors": {"reason": "Say more"}}
    slack.submit(modal["id"], {"reason": {"text": {"value": "no"}}})
    slack.wait_for(lambda: slack.views()[0]["errors"] == {"reason": "Say more"}, what="the error")


def test_an_app_can_update_and_push_and_clear(slack, app, modal):
    """response_action update keeps the id, push stacks, clear leaves nothing."""
    answers = iter(
        [
            {"response_action": "update", "view": {**MODAL, "title": plain("Sure?")}},
            {"response_action": "push", "view": {**MODAL, "title": plain("Really?")}},
            {"response_action": "clear"},
        ]
    )
    app.answer = lambda request: next(answers)
    typed = {"reason": {"text": {"value": "x"}}}
    slack.submit(modal["id"], typed)
    slack.wait_for(lambda: slack.views()[0]["title"]["text"] == "Sure?", what="the update")
    assert slack.views()[0]["id"] == modal["id"]
    slack.submit(modal["id"], typed)
    slack.wait_for(lambda: len(slack.views()) == 2, what="the second modal")
    top = slack.views()[1]
    assert top["previous_view_id"] == top["root_view_id"] == modal["id"]
    with pytest.raises(Refused, match="not_on_top"):
        slack.submit(modal["id"], typed)
    slack.submit(top["id"], typed)
    slack.wait_for(lambda: not slack.views(), what="no modal")


def test_a_submission_without_an_answer_leaves_the_modal_in_trouble(slack, app, modal):
    """After 3 s its user reads so, and nothing typed is lost."""
    app.silent = True
    slack.submit(modal["id"], {"reason": {"text": {"value": "kept"}}})
    slack.wait_for(lambda: slack.views()[0]["trouble"], what="the notice")
    assert slack.views()[0]["state"]["values"]["reason"]["text"]["value"] == "kept"


def test_a_view_is_updated_unless_somebody_was_faster(slack, app, modal):
    """views.update checks the hash, and keeps what was typed where ids are the same."""
    app.web.views_update(view_id=modal["id"], hash=modal["hash"], view={**MODAL, "title": plain("New")})
    assert slack.views()[0]["title"]["text"] == "New"
    refused = error_of(app.web.views_update, view_id=modal["id"], hash=modal["hash"], view=MODAL)
    assert refused == "hash_conflict"
    assert error_of(app.web.views_update, view_id="V0NONE", view=MODAL) == "not_found"


def test_a_closed_modal_is_announced_where_the_app_asked_for_it(slack, app):
    """notify_on_close brings view_closed."""
    slack.say("/incident help")
    trigger_id = app.wait_for_payload("slash_commands")["trigger_id"]
    app.web.views_open(trigger_id=trigger_id, view={**MODAL, "notify_on_close": True})
    slack.close(slack.wait_for_view()["id"])
    assert app.wait_for_payload("view_closed")["view"]["callback_id"] == "snooze"
    assert slack.views() == []


def test_the_home_tab_is_opened_published_and_pressed(slack, app):
    """app_home_opened, views.publish, and a press from the home tab."""
    slack.home()
    assert app.wait_for_event("app_home_opened")["user"] == slack.user
    app.web.views_publish(user_id=slack.user, view={"type": "home", "blocks": BLOCKS})
    home = slack.home_view()
    slack.click_view(home["id"], "yes")
    payload = app.wait_for_payload("block_actions")
    assert payload["container"] == {"type": "view", "view_id": home["id"]}
    assert slack.views() == []


def test_a_message_shortcut_brings_the_message(slack, app):
    """message_action with the message and a trigger."""
    ts = slack.say("maybe the deploy", user="U0BEN")
    slack.shortcut(ts, "record_hypothesis")
    payload = app.wait_for_payload("message_action")
    assert (payload["callback_id"], payload["message"]["ts"], payload["message"]["user"]) == (
        "record_hypothesis",
        ts,
        "U0BEN",
    )
    assert app.web.views_open(trigger_id=payload["trigger_id"], view=MODAL)["ok"]
    with pytest.raises(Refused, match="no_such_shortcut"):
        slack.shortcut(ts, "something_else")


def test_a_command_without_an_answer_tells_its_user(slack, app):
    """operation_timeout after 3 s; at once when nobody is connected."""
    app.silent = True
    slack.say("/incident start")
    message = slack.wait_for_message(lambda m: "operation_timeout" in m["text"])
    assert message["ephemeral_to"] == slack.user
    app.slack.fault("link_disabled")


def test_a_command_with_nobody_connected_fails_at_once(slack):
    """dispatch_failed."""
    slack.say("/incident start")
    slack.wait_for_message(lambda m: "dispatch_failed" in m["text"])


def test_an_acknowledgement_can_carry_the_answer_to_a_command(slack, app):
    """accepts_response_payload: text and blocks become an ephemeral message."""
    app.answer = lambda request: {"text": "help", "blocks": BLOCKS}
    slack.say("/incident help")
    message = slack.wait_for_message(lambda m: m["text"] == "help")
    assert message["ephemeral_to"] == slack.user
    slack.click(message["ts"], "yes")
    app.wait_for_payload("block_actions")


def test_a_command_does_not_work_in_a_thread(slack, app):
    """Its user is told so, and the app hears nothing."""
    parent = slack.say("down")
    slack.say("/incident status", thread_ts=parent)
    notice = slack.messages()[-1]
    assert "not supported in threads" in notice["text"]
    assert notice["ephemeral_to"] == slack.user
    app.wait_for_event()
    assert app.payloads("slash_commands") == []
