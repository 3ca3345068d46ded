"""What the team reads, in the words of the design."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incident.escalation import HeadsUp, Look, MakeCall
from bot.incident.hypothesis import HypothesisState
from bot.incident.incident import Status, UsersAffected
from bot.incident.undo import Undo
from bot.render import card, hypotheses, ids, modals, replies, rollback
from bot.render.findings import findings, verdicts
from bot.render.markup import PLAIN as PLAIN_MARKUP
from bot.render.terminal import terminal
from bot.render.undoing import Proposal
from bot.render.verdicts import Outcome
from bot.triage.report import as_json
from bot.triage.summary import Affected, Next, RequestCounts, SourceReport, Verdict
from tests.render import samples


def said(message):
    """Return every text of a message's blocks, one a line."""
    lines = []
    for block in message.blocks:
        texts = [block["text"]] if "text" in block else block["elements"]
        lines.extend(text["text"] for text in texts if isinstance(text["text"], str))
    return "\n".join(lines)


def buttons(message):
    """Map each button's label to its action_id."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {button["text"]["text"]: button["action_id"] for row in rows for button in row}


def menu(message, number):
    """Map each label of a hypothesis' menu to its value."""
    (block,) = (
        block
        for block in message.blocks
        if block.get("accessory", {}).get("action_id") == ids.hypothesis_action(number)
    )
    return {entry["text"]["text"]: entry["value"] for entry in block["accessory"]["options"]}


def test_the_card_stands_at_once_while_the_triage_runs():
    """Title, service, severity, status, lead, clock and buttons need no triage."""
    message = samples.cards()["running"]
    text = said(message)
    for words in (
        "Investigating",
        "`checkout`",
        "severity 2",
        "<@U0LEAD>",
        "Rollback call at <!date^",
        "Triage is running",
    ):
        assert words in text
    assert message.blocks[0]["text"]["text"] == "#12 Checkout is down"
    assert list(buttons(message)) == ["Yes", "No", "Not sure", "Cause found", "Resolve"]


def test_the_card_gains_the_four_verdicts():
    """One line a step, in the order of the protocol, with the denominators."""
    text = said(samples.cards()["triaged"])
    steps = [text.index(f"*{step}*") for step in ("Scope", "Changes", "Errors", "Trace")]
    assert steps == sorted(steps)
    assert (
        "*Scope* found: 412 of 9,030 users, 4.1 % of 11,463 log records fail (0.2 % before), 97 % in `region=eu`"
        in text
    )
    assert "*Changes* found: suspect `v214`" in text
    assert "*Errors* found: 371 of 470, new:" in text
    assert "*Trace* found: step 2 of 2 fails in `checkout` after 2.0 s" in text


def test_the_card_says_who_answered_whether_users_are_affected():
    """The current answer is said, and by whom."""
    assert "*Users affected?* Yes, says <@U0LEAD>" in said(samples.cards()["triaged"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cause": "the pool"}, "No rollback call: the cause is found."),
        ({"users_affected": UsersAffected.NO}, "No rollback call while users are not affected."),
        ({"recovered_at": samples.NOW}, "No rollback call while errors are at baseline."),
        ({"snoozed_until": samples.SNOOZED.at}, "Rollback call 2 of 6 put off to <!date^"),
    ],
)
def test_the_card_says_what_holds_the_call_back(changes, words):
    """The clock on the card is never a time at which nothing will happen."""
    assert words in said(card.card(samples.incident(**changes), None, samples.SNOOZED))


@pytest.mark.parametrize(
    ("look", "on_the_card", "to_whoever_asks"),
    [
        (samples.LOOK, "Rollback call at <!date^", "Rollback call is due."),
        (samples.SNOOZED, "Rollback call 2 of 6 at <!date^", "Rollback call 2 of 6 in 5 min."),
        (Look(7, samples.NOW), "The last rollback call was made.", "The last rollback call was made."),
        (None, "The last rollback call was made.", "The last rollback call was made."),
    ],
)
def test_the_clock_shows_the_call_that_is_pending(look, on_the_card, to_whoever_asks):
    """Not the first one's time, once that was made, or was made early."""
    assert on_the_card in said(card.card(samples.incident(), None, look))
    assert to_whoever_asks in said(replies.status(samples.incident(), samples.NOW, look))


def test_a_resolved_card_says_how_long_why_and_how():
    """Duration, cause and resolution stay; what is left to press is Reopen."""
    message = samples.cards()["resolved"]
    assert "Resolved after 24 min" in said(message)
    assert "Cause: the pool holds 5 connections, not 50" in said(message)
    assert list(buttons(message)) == ["Reopen"]


def test_a_failed_triage_is_said_with_its_remedy():
    """A triage that could not be done is on the card, never silence."""
    message = samples.cards()["failed"]
    assert "*Triage failed.* ClickHouse did not answer in 10 s; 0 lines read" in said(message)
    assert "Triage again" in buttons(message)


def test_the_findings_have_denominators():
    """Scope is said as the design says it."""
    text = said(findings(samples.report()))
    for words in (
        "412 of 9,030 users",
        "4.1 % of 11,463 log records are errors, 0.2 % in the hour before",
        "(37 min)",
        "97 % of them in `region=eu`, which has 31 % of the traffic",
        "9,812 lines read, 3 skipped",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (2, "99 % in `host=web-0` and `web-1`"),
        (3, "99 % in `host=web-0`, `web-1` and `web-2`"),
        (5, "99 % in `host=web-0`, `web-1`, `web-2` and 2 more"),
    ],
)
def test_several_values_of_a_field_are_told_together(values, expected):
    """Two of three hosts fail: that one of them has half of the errors is not the news."""
    share = 0.99 / values
    hosts = [Affected("host", f"web-{n}", 90, 900, share, 0.1, share * 10, share) for n in range(values)]
    other = Affected("region", "eu", 90, 900, 0.3, 0.1, 3.0, 0.3)
    scope = replace(samples.scope(), affected=(hosts[0], other, *hosts[1:]))
    assert verdicts(samples.report(scope=scope))[0].text.split("before), ")[1].startswith(expected)


def test_the_unit_of_a_rate_is_said():
    """A request where the log tells them apart, beside the record that the comparison is made in."""
    counted = samples.report(scope=replace(samples.scope(), users=None, requests=RequestCounts(370, 9030, 0.99)))
    assert "4.1 % of 9,030 requests fail" in said(findings(counted))
    assert "4.1 % of 11,463 log records are errors, 0.2 % in the hour before" in said(findings(counted))
    expected = "4.1 % of 9,030 requests and 4.1 % of 11,463 log records fail (0.2 % before), 97 % in `region=eu`"
    assert verdicts(counted)[0].text.startswith(expected)
    assert "370 of 9,030 requests failed" in terminal(counted)
    assert "requests" not in verdicts(samples.report())[0].text


def test_estimated_counts_are_not_said_as_if_they_were_counted():
    """Beyond 50,000 groups they come from a sample."""
    (entry,) = samples.report().errors
    estimated = samples.report(errors=(replace(entry, is_estimated=True),))
    assert "about *371*" in said(findings(estimated))
    assert verdicts(estimated)[2].text.startswith("about 371 of 470")
    assert "~371" in terminal(estimated)
    assert "about" not in verdicts(samples.report())[2].text


def test_a_small_sample_is_said():
    """Few errors come with a warning, in the channel and at the terminal."""
    few = samples.report(scope=replace(samples.scope(), errors=7))
    assert "Small sample: 7 errors." in said(findings(few))
    assert "Small sample: 7 errors." in terminal(few)
    assert "Small sample" not in said(findings(samples.report()))


def test_everyone_is_said_to_have_no_subset_only_where_no_value_is_named():
    """Values that stand out without making a subset are shown; then nothing is said of there being none."""
    everyone = replace(samples.scope(), verdict=Verdict.EVERYONE)
    nobody = samples.report(scope=replace(everyone, affected=()))
    assert "Everyone: no single subset stands out." in said(findings(nobody))
    assert "Everyone: no single subset stands out." in terminal(nobody)
    assert "no single subset" not in said(findings(samples.report(scope=everyone)))


def test_what_is_only_merged_is_not_called_shipped():
    """A commit without a deploy is merged, not proven shipped."""
    merged = samples.change(kind="commit", shipped="unproven", suspect=False, reasons=())
    assert "merged, not proven shipped" in said(findings(samples.report(changes=(merged,))))


def test_a_source_that_failed_is_no_data_and_not_clear():
    """Nothing read is not nothing wrong, in any of the four steps."""
    silent = samples.report(
        source=SourceReport("app", problems=("it timed out",)),
        scope=replace(samples.scope(), verdict=Verdict.UNKNOWN, errors=0, events=0),
        changes=(),
        errors=(),
        trace=None,
    )
    found = verdicts(silent)
    assert [verdict.outcome for verdict in found] == ["no data"] * 4
    assert "it timed out" in found[0].text
    assert "ClickHouse did not answer" in found[1].text


def test_what_was_left_out_on_purpose_is_a_remark_and_changes_no_verdict():
    """Deploys elsewhere are neither a lack of data nor a reason for doubt; how many they were stands below the finding."""
    left = "1 deploy to staging left out: not production"
    calm = samples.change(suspect=False, reasons=())
    report = samples.report(changes=(calm,), change_problems=(), change_remarks=(left,))
    assert verdicts(report, PLAIN_MARKUP)[1].line.startswith("Changes clear: no suspect; newest v214")
    assert verdicts(replace(report, changes=()), PLAIN_MARKUP)[1].line == "Changes clear: nothing shipped"
    assert left in said(findings(report))
    assert f"\n{left}" in terminal(report)
    assert f"{samples.PLAIN['source']}: {left}" in as_json(report)["source"]["problems"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"events": 12, "errors": 6}, "12 log records in the window; it takes 20 to tell"),
        ({"events": 0, "errors": 0}, "0 log records in the window; it takes 20 to tell"),
        ({"events": 900, "errors": 3}, "3 errors in 900 log records: too few to tell whom they hit"),
    ],
    ids=["few records", "no records", "few errors"],
)
def test_what_keeps_the_scope_from_being_told_is_said_and_no_other_problem(counts, words):
    """The rule that decided, not whatever else there was to say of the log."""
    scope = replace(samples.scope(), verdict=Verdict.UNKNOWN, **counts)
    report = samples.report(scope=scope, source=SourceReport("app", 1, 9, 9, 9, problems=("no zone, taken as UTC",)))
    assert verdicts(report, PLAIN_MARKUP)[0].line == f"Scope no data: {words}"
    assert words.rpartition("; ")[2] in str(findings(report).blocks[0])


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"baseline_rate": 0.0}, "4.4 % of 1,575 log records fail (0 % before), since 13:52 UTC; no field tells whom"),
        ({"baseline_rate": None, "onset": None}, "4.4 % of 1,575 log records fail; no field tells whom"),
        (
            {"unclear": "nothing logged since 13:55", "onset": None, "baseline_rate": None},
            "4.4 % of 1,575 log records fail; no field tells whom",
        ),
    ],
    ids=["no field", "no field and no baseline", "and silence"],
)
def test_that_it_fails_is_found_though_no_field_tells_whom(counts, words):
    """A third of everything fails: "no data" would be the wrong word for that."""
    whole = {"events": 1575, "errors": 70, "users": None, "affected": ()}
    report = samples.report(scope=replace(samples.scope(), verdict=Verdict.UNKNOWN, **(whole | counts)))
    assert verdicts(report, PLAIN_MARKUP)[0].line == f"Scope found: {words}"
    assert "No field tells whom." in said(findings(report))
    assert "No field tells whom." in terminal(report)


def test_records_too_few_because_the_log_was_read_in_part_are_said_to_be():
    """More of the log would tell more."""
    scope = replace(samples.scope(), verdict=Verdict.UNKNOWN, events=12)
    source = SourceReport("app", 1, 9, 9, 9, partial=True, problems=("out of time after 2 MiB",))
    assert verdicts(samples.report(scope=scope, source=source), PLAIN_MARKUP)[0].text == "out of time after 2 MiB"


def test_a_quiet_service_is_clear():
    """Read, and nothing found: clear."""
    quiet = samples.report(
        scope=replace(samples.scope(), verdict=Verdict.NONE, errors=0, onset=None, error_rate=0.0),
        changes=(),
        errors=(),
        trace=None,
        change_problems=(),
    )
    assert [verdict.outcome for verdict in verdicts(quiet)] == ["clear"] * 4


def test_the_root_cause_stands_below_the_error():
    """In Slack, in the terminal, and in the message of the JSON report, which has no key for it."""
    entry = samples.report().errors[0]
    exception = replace(entry.exception, message="failed", cause="caused by ReadTimeout: read timed out")
    report = samples.report(errors=(replace(entry, exception=exception),))
    assert "\n    `caused by ReadTimeout: read timed out`\n" in said(findings(report))
    assert "\n           caused by ReadTimeout: read timed out\n" in terminal(report)
    told = as_json(report)["errors"][0]["exception"]
    assert (told["message"], list(told)) == (
        "failed; caused by ReadTimeout: read timed out",
        ["type", "message", "frames"],
    )


def test_a_terminal_gets_the_verdicts_without_markup():
    """The same words, with plain times and names."""
    lines = [verdict.line for verdict in verdicts(samples.report(), PLAIN_MARKUP)]
    expected = "Scope found: 412 of 9,030 users, 4.1 % of 11,463 log records fail (0.2 % before), 97 % in region=eu, since 13:52 UTC"
    assert lines[0] == expected


def test_the_failing_step_is_marked_even_far_into_a_long_trace():
    """The steps around the failure are shown, the others counted."""
    trace = samples.report().trace
    long = replace(trace, events=(trace.events[0],) * 40 + (trace.events[1],) + (trace.events[0],) * 40)
    text = said(findings(samples.report(trace=long)))
    assert "✗ +2.0 s" in text
    assert "… 31 steps before" in text
    assert "… 38 steps after" in text


def test_the_menu_offers_an_undo_in_place_of_the_current_state():
    """Labels are exactly the design's; the current one becomes its undo."""
    message = hypotheses.ledger(samples.incident(), samples.ledger())
    assert list(menu(message, 1)) == ["Testing", "Confirmed", "Ruled out", "Not a hypothesis"]
    assert list(menu(message, 3)) == ["Testing", "Undo: Confirmed", "Ruled out", "Not a hypothesis"]
    assert ids.read_hypothesis(menu(message, 3)["Undo: Confirmed"]) == ids.HypothesisChoice(12, 3, None)
    assert ids.read_hypothesis(menu(message, 3)["Ruled out"]) == ids.HypothesisChoice(12, 3, HypothesisState.REFUTED)


def test_a_long_ledger_folds_what_is_settled_as_wrong():
    """Confirmed and tested ones stay; the rest is counted in words."""
    message = hypotheses.ledger(samples.incident(), samples.ledger(number=70))
    assert len(message.blocks) <= 50
    shown = said(message)
    assert shown.count("*Confirmed*") == 14
    assert shown.count("*Testing*") == 14
    assert "30 more not shown: 2 open, 14 ruled out, 14 not a hypothesis." in shown


def test_a_closed_incident_keeps_its_ledger_without_menus():
    """After the end there is nothing to set."""
    message = hypotheses.ledger(samples.incident(status=Status.RESOLVED), samples.ledger())
    assert not any("accessory" in block for block in message.blocks)


def test_the_call_says_it_word_by_word():
    """The sentence of the design, in the notification too, with the command, the hazards and who is asked."""
    message = samples.clocks()["call"]
    words = "Roll back v214 -&gt; v213 (about 2 min). This is not failure."
    assert "No cause after 15 min, users still affected." in message.text
    assert words in message.text
    text = said(message)
    for part in (
        "*No cause after 15 min, users still affected.*",
        words,
        "<@U0LEAD> <!subteam^S0CALL> <@U0BOSS>",
        "```\nkubectl set image deploy/checkout app=registry.example/checkout:v213\n```",
        "*Hazard:* a database migration: 0012_add_index.sql",
        "*Undone as well:*",
        "Call 3 of 6 · 3 min late",
    ):
        assert part in text
    assert list(buttons(message)) == ["Rolling back", "Not yet", "Cause found"]


def test_a_first_call_does_not_mention_those_who_are_asked_later():
    """Before escalation only lead and on-call group are mentioned."""
    first = MakeCall(
        1, timedelta(minutes=15), escalate=False, effect_unknown=False, unproven=False, late_by=None, last=False
    )
    proposal = Proposal(next=samples.following())
    text = said(rollback.call(samples.incident(), first, proposal, samples.READING, samples.AUDIENCE))
    assert "<@U0BOSS>" not in text
    assert "late" not in text.rsplit("Call 1 of 6", 1)[1]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("deploy {previous}", "Fill in `{previous}`: what ran before is not known here.\n```\ndeploy {previous}\n```"),
        ("roll-back checkout", "roll-back checkout"),
        ("", "No rollback command is configured"),
    ],
)
def test_a_command_that_cannot_be_filled_in_is_shown_as_it_is_configured(command, words):
    """Not to know what ran before is not the same as to have no command."""
    proposal = Proposal(next=replace(samples.following(), previous=None), command=command)
    text = said(rollback.call(samples.incident(), samples.CALL, proposal, samples.READING, samples.AUDIENCE))
    assert words in text
    assert ("Fill in" in text) is ("{previous}" in command)
    assert ("No rollback command" in text) is (command == "")


def test_an_unknown_effect_and_an_unproven_deploy_are_said():
    """The call is made all the same, and says what is not known."""
    text = said(samples.clocks()["unknown"])
    assert "The effect could not be checked: ClickHouse did not answer in 10 s; 0 lines read" in text
    assert "merged, not proven shipped" in text


def test_status_and_list_call_a_rollback_by_the_cards_word():
    """Until errors are back at baseline; what reads the card aloud says the same."""
    rolling = samples.incident(
        status=Status.INVESTIGATING, rolling_back_at=samples.NOW, rolling_back_by="U1", recovered_at=None, cause=None
    )
    assert "*Rolling back*" in said(card.card(rolling, None))
    answer = replies.status(rolling, samples.NOW)
    assert "*Rolling back*" in said(answer)
    assert answer.text.endswith("rolling back")
    assert "rolling back, severity" in said(replies.incident_list([rolling], samples.NOW))


def test_what_may_never_have_shipped_is_to_be_looked_for_before_it_is_rolled_back():
    """In the call, in the one that waits in Slack, in the heads-up and in a terminal; what shipped needs no look."""
    merged = samples.change(kind="commit", shipped="unproven", name="429b9cbe", reasons=("merged, not proven shipped",))
    before = samples.change(kind="commit", shipped="unproven", name="ed34e4a7", reasons=())
    following = Next(samples.NOW, merged, before, later=(before,))
    proposal = Proposal(next=following)
    call = rollback.call(
        samples.incident(), replace(samples.CALL, unproven=True), proposal, samples.READING, samples.AUDIENCE
    )
    waiting = rollback.unheard(
        samples.incident(),
        due=samples.NOW,
        as_of=samples.NOW,
        undo=Undo.UNPROVEN,
        proposal=proposal,
        audience=samples.AUDIENCE,
    )
    for message in (call, waiting):
        assert "Make sure that 429b9cbe shipped. If so, roll back 429b9cbe" in said(message)
        assert "shipped later" not in said(message)
    warning = HeadsUp(samples.NOW, timedelta(minutes=5), Undo.UNPROVEN)
    assert "if it shipped" in said(rollback.heads_up(samples.incident(), warning, proposal))
    report = " ".join(terminal(samples.report(next=following)).split())
    assert "make sure that 429b9cbe shipped; if so, roll back 429b9cbe to ed34e4a7." in report
    assert "ake sure that" not in terminal(samples.report())


def test_what_waits_in_slack_says_as_of_when_and_not_when_the_bot_was_last_alive():
    """It was written at 14:29, and the bot may have lived on for a quarter of an hour."""
    nothing, known = (samples.clocks()[name] for name in ("unheard, nothing shipped", "unheard"))
    assert "No cause after 20 min. As of 14:29 UTC, if users are affected: Roll back v214 -&gt; v213" in known.text
    assert "No cause after 20 min. As of 14:29 UTC: Nothing shipped recently" in nothing.text
    for message in (nothing, known):
        assert "*No cause after 20 min.*\nAs of <!date^" in said(message)
        assert "heard" not in said(message) + message.text


def test_a_deploy_of_which_nothing_else_is_known_is_told_without_a_summary():
    """A deploy log without a clone knows no more than the time."""
    bare = replace(samples.following(), deploy=samples.change(summary="", author="", reasons=()))
    message = rollback.call(samples.incident(), samples.CALL, Proposal(next=bare), samples.READING, samples.AUDIENCE)
    (line,) = [line for line in said(message).splitlines() if line.startswith("v214 shipped")]
    assert line.endswith("UTC>")
    assert "(empty)" not in said(message)


@pytest.mark.parametrize("name", ["untold", "unheard, untold"])
def test_without_deploys_configured_the_call_asks_who_deployed_last(name):
    """Nobody could tell, which is not that nothing shipped; more people are asked."""
    message = samples.clocks()[name]
    for words in (said(message), message.text):
        assert "No deploys are configured, so what shipped is unknown. Ask who deployed last" in words
        assert "othing shipped" not in words
    assert "<@U0BOSS>" in said(message)
    assert list(buttons(message)) == ([] if "unheard" in name else ["Rolling back", "Not yet", "Cause found"])


def test_trouble_from_long_before_is_said_to_be():
    """When it began longer ago than the delay, the call does not pretend that 15 minutes were spent."""
    call = replace(samples.CALL, n=1, after=timedelta(seconds=2), late_by=None)
    known = samples.incident(onset_at=samples.NOW - timedelta(minutes=60))
    message = rollback.call(known, call, Proposal(next=samples.following()), samples.READING, samples.AUDIENCE)
    assert "No cause, and it began 45 min before the start, users still affected." in message.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("heads-up", "In 5 min, if users are still affected, I call for the rollback."),
        ("nothing", "Nothing shipped in the last 24 h, so there is nothing to roll back."),
        ("recovered", "errors are back at baseline"),
        ("not affected", "The log says otherwise:"),
        ("gave up", "Nobody answered 6 calls."),
        ("watching", "I watch the error rate for 10 min."),
        ("back", "Back at baseline 1 min 40 s after the rollback."),
        ("no recovery", "It may not have been this deployment."),
    ],
)
def test_the_clock_and_the_watch_say(name, words):
    """Each message begins with what happened."""
    assert words in said(samples.clocks()[name])


def test_an_incident_started_twice_is_offered_and_not_doubled():
    """Open leads to the card, Start another carries the command."""
    message = samples.answers()["already"]
    assert "was started 20 s ago by <@U0LEAD>" in said(message)
    assert list(buttons(message)) == ["Open", "Start another"]
    unposted = replies.already_started(samples.incident(), samples.NOW, permalink="", command="x")
    assert list(buttons(unposted)) == ["Start another"]


def test_an_error_shows_the_right_form():
    """What was wrong, then what to type."""
    assert said(samples.answers()["error"]).endswith("Try: `/incident snooze 5m REASON`")


def test_where_the_bot_is_no_member_it_says_what_to_do():
    """The two buttons of the design."""
    assert list(buttons(samples.answers()["cannot post"])) == ["Invite me", "Use #incidents"]
    nowhere = replies.cannot_post(default_channel="", command="start")
    assert list(buttons(nowhere)) == ["Invite me"]


def test_a_picker_runs_the_command_with_the_incident():
    """Each button carries incident and command; past twenty the rest is counted."""
    message = samples.answers()["pick"]
    row = message.blocks[1]["elements"]
    assert len({button["action_id"] for button in row}) == len(row) == 20
    assert ids.read_pick(row[0]["value"]) == ids.Pick(1, "Checkout is down")
    assert "5 older ones are not shown." in said(message)


def test_modals_carry_the_incident_and_require_a_reason():
    """The reason for not yet is required, five minutes are the default."""
    view = modals.not_yet(12)
    assert ids.read_incident(view["private_metadata"]) == 12
    reason, minutes = view["blocks"]
    assert (reason["block_id"], reason["optional"]) == (ids.REASON_INPUT, False)
    assert minutes["element"]["initial_option"]["value"] == "5"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {"source": SourceReport("log", lines=9, parsed=9, partial=True, problems=("a.log: out of time",))},
            "out of time",
        ),
        ({"scope": samples.scope(events=0, errors=0)}, "nothing was logged in the window"),
        ({"scope": samples.scope(verdict=Verdict.UNKNOWN, unclear="local time?")}, "local time?"),
    ],
)
def test_what_was_not_read_or_not_logged_clears_nobody(changes, why):
    """No error was found, and that says nothing."""
    quiet = {"errors": (), "trace": None, "scope": samples.scope(verdict=Verdict.NONE)}
    found = samples.report(**(quiet | changes))
    outcomes = {verdict.step: verdict for verdict in verdicts(found)}
    for step in ("Errors", "Trace"):
        assert outcomes[step].outcome is Outcome.NO_DATA
        assert why in outcomes[step].text
    assert found.source.partial <= (outcomes["Scope"].outcome is Outcome.NO_DATA)
    assert "No errors in the window" not in said(findings(found))
