"""Who may, at every surface: each press, word and modal goes through the same gate, and leaves the same line."""

from dataclasses import dataclass
from itertools import count, cycle

import pytest

from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import UsersAffected
from bot.incident.permission import Standing
from bot.render import ids
from bot.settings import MaySettings
from bot.slack.directory import Group
from handlers import actions, commands, home, replies, shortcuts, views
from tests.support.bench import Bench

BOT, SRE, OTHER = "U0BOT", "U1", "U2"
EVERYTHING = {act: ["S0SRE"] for act in MaySettings.model_fields}
OURS = {"id": "C1", "name": "shop"}
KEYS = count()


@dataclass
class Hand:
    """Somebody's hand at Slack: every way there is to reach the bot, as Slack sends it."""

    bench: Bench
    user: str
    team: str = "T1"

    def __post_init__(self) -> None:
        self.said: list[dict] = []

    def command(self, text):
        """Type /incident ..."""
        body = {"trigger_id": self._key(), "user_id": self.user, "team_id": "T1", "channel_id": "C1", "text": text}
        commands.incident(self.bench.desk, self._ack, body)

    def mention(self, text):
        """Write @Fifteen ..."""
        event = {"user": self.user, "channel": "C1", "text": f"<@{BOT}> {text}", "ts": "9.9", "team": self.team}
        replies.mentioned(self.bench.desk, self._event(), event, Context(BOT))

    def press(self, action_id, value=""):
        """Press a button."""
        actions.pressed(self.bench.desk, self._ack, self._click(), {"action_id": action_id, "value": value})

    def choose(self, action_id, value):
        """Choose from a menu."""
        action = {"action_id": action_id, "selected_option": {"value": value}}
        actions.pressed(self.bench.desk, self._ack, self._click(), action)

    def submit(self, callback_id, **values):
        """Send a modal that somebody else may have opened."""
        state = {block: {block: {"value": value}} for block, value in values.items()}
        view = {
            "id": self._key(),
            "callback_id": callback_id,
            "private_metadata": f"{ids.incident_value(1)}:C1",
            "state": {"values": state},
        }
        views.submitted(self.bench.desk, self._ack, self._click(), view)

    def shortcut(self, ts="5.5"):
        """Record a message as a hypothesis."""
        message = {"ts": ts, "text": "the price cache is stale", "user": SRE}
        shortcut = self._click() | {"message": message, "channel": OURS}
        shortcuts.record_hypothesis(self.bench.desk, self._ack, {"trigger_id": "t"}, shortcut)

    def reply(self, text, thread="1.2", ts="7.7"):
        """Reply in a thread."""
        event = {"user": self.user, "channel": "C1", "text": text, "ts": ts, "thread_ts": thread, "team": self.team}
        replies.message(self.bench.desk, self._event(), event, Context(BOT))

    def open_home(self):
        """Open the home tab."""
        home.opened(self.bench.desk, self._event(), {"user": self.user})

    def _key(self):
        return f"key-{next(KEYS)}"

    def _click(self):
        who = {"id": self.user, "team_id": self.team}
        url = "https://hooks.slack.com/actions/1"
        return {"trigger_id": self._key(), "user": who, "team": {"id": "T1"}, "channel": OURS, "response_url": url}

    def _event(self):
        return {"event_id": self._key(), "team_id": "T1"}

    def _ack(self, *_, **said):
        self.said.append(said)


@dataclass
class Context:
    """What Bolt knows of the bot."""

    bot_user_id: str


# What each act is done by: name -> (the act, how it is done). Incident 1 is open, H1 is recorded, #2 is resolved.
GUARDED = {
    "command start": ("start", lambda hand: hand.command("start Carts fail")),
    "mention start": ("start", lambda hand: hand.mention("start Carts fail")),
    "button start another": ("start", lambda hand: hand.press(ids.START_ANOTHER, ids.command_value("start"))),
    "button help start": ("start", lambda hand: hand.press(ids.HELP_START)),
    "button invite me": ("start", lambda hand: hand.press(ids.INVITE_ME, ids.command_value("start"))),
    "button use default": ("start", lambda hand: hand.press(ids.USE_DEFAULT_CHANNEL, ids.command_value("start"))),
    "command cause": ("confirm", lambda hand: hand.command("cause #1 Redis")),
    "mention cause": ("confirm", lambda hand: hand.mention("cause #1 Redis")),
    "picker cause": ("confirm", lambda hand: hand.press(ids.pick_action(1), ids.pick_value(1, "cause Redis"))),
    "button cause found": ("confirm", lambda hand: hand.press(ids.CAUSE_FOUND, ids.incident_value(1))),
    "modal cause": ("confirm", lambda hand: hand.submit(ids.CAUSE_FOUND_VIEW, cause="Redis")),
    "menu confirmed": ("confirm", lambda hand: hand.choose("hypothesis_1", ids.hypothesis_value(1, 1, HypothesisState.CONFIRMED))),
    "button rule out": ("confirm", lambda hand: hand.press(ids.CARD_RULE_OUT, ids.incident_value(1))),
    "command snooze": ("snooze", lambda hand: hand.command("snooze #1 5m one more idea")),
    "mention snooze": ("snooze", lambda hand: hand.mention("snooze #1 5m one more idea")),
    "button not yet": ("snooze", lambda hand: hand.press(ids.NOT_YET, ids.incident_value(1))),
    "modal not yet": ("snooze", lambda hand: hand.submit(ids.NOT_YET_VIEW, minutes="5", reason="one more idea")),
    "command rollback": ("rollback", lambda hand: hand.command("rollback #1")),
    "mention rollback": ("rollback", lambda hand: hand.mention("rollback #1")),
    "button rolling back": ("rollback", lambda hand: hand.press(ids.ROLLING_BACK, ids.incident_value(1))),
    "modal rolling back": ("rollback", lambda hand: hand.submit(ids.ROLLING_BACK_VIEW, hypothesis="the cache")),
    "command resolve": ("resolve", lambda hand: hand.command("resolve #1 done")),
    "mention resolve": ("resolve", lambda hand: hand.mention("resolve #1 done")),
    "button resolve": ("resolve", lambda hand: hand.press(ids.CARD_RESOLVE, ids.incident_value(1))),
    "modal resolve": ("resolve", lambda hand: hand.submit(ids.RESOLVE_VIEW, resolution="done")),
    "command reopen": ("resolve", lambda hand: hand.command("reopen #2")),
    "mention reopen": ("resolve", lambda hand: hand.mention("reopen #2")),
    "button reopen": ("resolve", lambda hand: hand.press(ids.CARD_REOPEN, ids.incident_value(2))),
}  # fmt: skip

# What is every member's, at every surface that has it.
OPEN = {
    "command status": lambda hand: hand.command("status #1"),
    "command list": lambda hand: hand.command("list"),
    "command help": lambda hand: hand.command("help"),
    "command triage": lambda hand: hand.command("triage #1"),
    "command trace": lambda hand: hand.command("trace #1 abc"),
    "command lead": lambda hand: hand.command("lead #1 <@U0BEN>"),
    "command sev": lambda hand: hand.command("sev #1 1"),
    "command update": lambda hand: hand.command("update #1 Only the EU is hit"),
    "command export": lambda hand: hand.command("export #1"),
    "mention sev": lambda hand: hand.mention("sev #1 1"),
    "button triage": lambda hand: hand.press(ids.CARD_TRIAGE, ids.incident_value(1)),
    "button users": lambda hand: hand.press(ids.USERS_NO, ids.users_value(1, UsersAffected.NO)),
    "button status": lambda hand: hand.press(ids.HELP_STATUS),
    "menu testing": lambda hand: hand.choose("hypothesis_1", ids.hypothesis_value(1, 1, HypothesisState.TESTING)),
    "shortcut": lambda hand: hand.shortcut(),
    "home": lambda hand: hand.open_home(),
}
# Which of them change something, the kind of line that they leave, and the surface that stands in it.
LINES = {
    "command start": ("started", "command"),
    "mention start": ("started", "mention"),
    "button start another": ("started", "button"),
    "button help start": ("started", "button"),
    "button invite me": ("started", "button"),
    "button use default": ("started", "button"),
    "command cause": ("cause", "command"),
    "mention cause": ("cause", "mention"),
    "picker cause": ("cause", "button"),
    "modal cause": ("cause", "modal"),
    "menu confirmed": ("state", "button"),
    "button rule out": ("cause_ruled_out", "button"),
    "command snooze": ("snoozed", "command"),
    "mention snooze": ("snoozed", "mention"),
    "modal not yet": ("snoozed", "modal"),
    "command rollback": ("rolling_back", "command"),
    "mention rollback": ("rolling_back", "mention"),
    "button rolling back": ("rolling_back", "button"),
    "modal rolling back": ("rolling_back", "modal"),
    "command resolve": ("resolved", "command"),
    "mention resolve": ("resolved", "mention"),
    "modal resolve": ("resolved", "modal"),
    "command reopen": ("reopened", "command"),
    "mention reopen": ("reopened", "mention"),
    "button reopen": ("reopened", "button"),
    "command triage": ("asked", "command"),
    "command trace": ("asked", "command"),
    "command lead": ("lead", "command"),
    "command sev": ("severity", "command"),
    "command update": ("update", "command"),
    "command export": ("asked", "command"),
    "mention sev": ("severity", "mention"),
    "button triage": ("asked", "button"),
    "button users": ("users_affected", "button"),
    "menu testing": ("state", "button"),
    "shortcut": ("hypothesis", "shortcut"),
}
EVERYWHERE = {name: do for name, (_, do) in GUARDED.items()} | OPEN


@pytest.fixture
def bench(tmp_path):
    """A bot whose every act is left to the group of U1; #1 is open with H1, #2 is resolved."""
    made = Bench(tmp_path, default_channel="#incidents", may=EVERYTHING)
    made.groups["S0SRE"] = Group("sre", frozenset({SRE}))
    made.starts()
    made.passes(minutes=11)
    made.starts()
    made.types("resolve #2 over")
    Hand(made, SRE).reply("the price cache is stale")
    made.passes(minutes=11)
    made.finish_jobs()
    yield made
    made.close()


def rule_out_needs_a_cause(bench, name):
    """Confirm a cause where the row takes one back."""
    if name == "button rule out":
        bench.types("cause #1 Redis")


@pytest.mark.parametrize("name", GUARDED)
def test_every_surface_refuses_who_may_not(bench, name):
    """The refusal names who may, to its author alone; one line in the timeline, and no other row of any incident."""
    rule_out_needs_a_cause(bench, name)
    before = bench.rows()
    hand = Hand(bench, OTHER)
    GUARDED[name][1](hand)
    after = bench.rows()
    assert bench.views == []
    assert {table for table in after if after[table] != before[table]} == {"timeline"}
    (line,) = after["timeline"][len(before["timeline"]) :]
    assert (line["kind"], line["actor_id"], line["channel_id"]) == ("refused", OTHER, "C1")
    assert line["origin"] == {"menu": "button", "picker": "button"}.get(name.split()[0], name.split()[0])
    assert "Only @sre may" in line["text"]
    told = str(hand.said) + "".join(bench.said_to_one())
    assert "<!subteam^S0SRE> may" in told or "Only @sre may" in told
    assert "Ask them" in told


@pytest.mark.parametrize("name", LINES)
def test_every_change_is_in_the_timeline_with_who_when_and_from_where(bench, name):
    """Whoever may do it: actor, instant, channel and surface."""
    rule_out_needs_a_cause(bench, name)
    before = bench.rows()["timeline"]
    EVERYWHERE[name](Hand(bench, SRE))
    lines = [line for line in bench.rows()["timeline"][len(before) :] if line["actor_id"]]
    kind, surface = LINES[name]
    assert kind in [line["kind"] for line in lines]
    assert {(line["actor_id"], line["channel_id"], line["origin"]) for line in lines} == {(SRE, "C1", surface)}
    assert {line["at"] for line in lines} == {int(bench.clock.now().timestamp() * 1e6)}
    assert not {"refused", "unchecked"} & {line["kind"] for line in lines}


OUTSIDE = cycle([Standing.GUEST, Standing.STRANGER, Standing.BOT, Standing.DEACTIVATED])


@pytest.mark.parametrize(("name", "standing"), list(zip(EVERYWHERE, OUTSIDE, strict=False)))
def test_nobody_from_outside_can_do_anything(bench, name, standing):
    """Guests, strangers, bots and the deactivated: not even what is everybody's, listed or not."""
    bench.groups["S0SRE"] = Group("sre", frozenset({SRE, OTHER}))
    rule_out_needs_a_cause(bench, name)
    bench.standings[OTHER] = standing
    before = bench.rows()
    hand = Hand(bench, OTHER)
    EVERYWHERE[name](hand)
    after = bench.rows()
    assert {table for table in after if after[table] != before[table]} == {"timeline"}
    assert [line["kind"] for line in after["timeline"][len(before["timeline"]) :]] == ["refused"]
    told = str(hand.said) + "".join(bench.said_to_one()) + bench.owed_home()
    assert "Only full members of this workspace" in told
    assert "Carts fail" not in told


def test_a_reply_from_outside_is_left_alone(bench):
    """No hypothesis, no note, no reaction, no answer; a member's is recorded."""
    bench.standings["U3"] = Standing.GUEST
    before = bench.rows()
    Hand(bench, "U3").reply("it is the DNS", ts="8.1")
    Hand(bench, "U3").reply("it is the DNS", thread="1.1", ts="8.2")
    assert bench.rows() == before
    Hand(bench, OTHER).reply("it is the DNS again", ts="8.3")
    assert len(bench.rows()["hypothesis"]) == len(before["hypothesis"]) + 1


def test_a_reply_elsewhere_asks_slack_for_nobody(bench):
    """Threads that are not ours cost neither a question nor a row."""
    before = bench.rows("event", "job")
    Hand(bench, "U7").reply("lunch at noon everybody", thread="4.4", ts="4.5")
    assert bench.rows("event", "job") == before
    assert bench.people.standing("U7") is Standing.UNKNOWN


def test_a_payload_that_names_another_workspace_is_believed_while_slack_is_silent(bench):
    """Slack Connect: the payload's own team is enough for a no, never for a yes."""
    bench.standings["U8"] = Standing.UNKNOWN
    Hand(bench, "U8", team="T9").press(ids.CARD_TRIAGE, ids.incident_value(1))
    assert "Only full members" in bench.timeline_of_everybody()[-1]["text"]
    bench.standings["U9"] = Standing.GUEST
    Hand(bench, "U9", team="T1").press(ids.CARD_TRIAGE, ids.incident_value(1))
    assert bench.timeline_of_everybody()[-1]["actor_id"] == "U9"


def test_a_refusal_that_is_delivered_again_is_one_line(bench):
    """And answered again, since the first answer may be what was lost."""
    body = {"trigger_id": "again", "user_id": OTHER, "team_id": "T1", "channel_id": "C1", "text": "resolve #1"}
    hand = Hand(bench, OTHER)
    for _ in range(2):
        commands.incident(bench.desk, hand._ack, body)
    assert [line["kind"] for line in bench.timeline_of_everybody()].count("refused") == 1
    assert len(hand.said) == 2


def test_a_modal_refused_may_be_sent_again_when_its_author_may(bench):
    """What was typed into it is not lost: it stays open with the refusal beside the input."""
    view = {"id": "V1", "callback_id": ids.RESOLVE_VIEW, "private_metadata": "1:C1", "state": {"values": {}}}
    hand = Hand(bench, OTHER)
    views.submitted(bench.desk, hand._ack, hand._click(), view)
    assert "Only @sre may resolve or reopen #1" in str(hand.said[-1]["errors"])
    bench.people._groups.heard = {"S0SRE": Group("sre", frozenset({OTHER}))}
    views.submitted(bench.desk, hand._ack, hand._click(), view)
    assert bench.incident().resolved_by == OTHER


def test_where_slack_never_said_who_is_in_a_group_a_member_may_and_the_timeline_says_so(bench):
    """docs/adr/0013: a wrong no would leave an incident that nobody can end."""
    bench.people._groups.heard = None
    Hand(bench, OTHER).command("resolve #1 fixed")
    assert bench.incident().resolved_by == OTHER
    line = next(one for one in bench.timeline_of_everybody() if one["kind"] == "unchecked")
    assert (line["actor_id"], line["text"]) == (OTHER, "resolve: Slack did not say who is in S0SRE")
    Hand(bench, OTHER).command("start Again")
    assert "start: Slack did not say who is in S0SRE" in bench.timeline(3)


def test_a_service_has_its_own_list_and_the_rest_from_the_top(tmp_path):
    """[service.checkout.may] wins over [may], key by key."""
    made = Bench(
        tmp_path,
        may={"resolve": ["U0AVA"], "start": ["U0AVA", "U0BEN"]},
        service={"checkout": {"may": {"resolve": ["U0BEN"]}}, "payments": {}},
    )
    made.types("start service:checkout", user="U0BEN")
    made.types("start service:payments", user="U0BEN")
    assert "Only U0AVA may resolve or reopen #2" in made.types("resolve #2", user="U0BEN").text
    assert made.types("resolve #1", user="U0BEN").text == "#1 is resolved."
    assert "Only U0BEN may resolve or reopen #1" in made.types("reopen #1", user="U0AVA").text
    made.passes(minutes=11)
    refusal = made.types("start service:payments", user="U0DAN").text
    assert "Only U0AVA or U0BEN may start an incident of payments" in refusal
    made.close()
