"""`/incident ...` as it is typed: tables of what was typed and what is meant."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.incident import command as c
from bot.incident.grammar import VERBS, parse

M5 = timedelta(minutes=5)

MEANT = [
    ("", c.Help()),
    ("   ", c.Help()),
    ("help", c.Help()),
    ("?", c.Help()),
    ("help Snooze", c.Help("snooze")),
    ("help me", c.Help()),
    ("start", c.Start()),
    ("Start ", c.Start()),
    ("START Checkout is down", c.Start("Checkout is down")),
    ("start\u00a0checkout\u00a0is down", c.Start("checkout is down")),
    ("start checkout is down service:checkout sev:2", c.Start("checkout is down", "checkout", 2)),
    ("start sev:2 checkout service:checkout is down", c.Start("checkout is down", "checkout", 2)),
    ("start “checkout is down” Sev: 2", c.Start("checkout is down", None, 2)),
    ("start „checkout is down“ sev:SEV1", c.Start("checkout is down", None, 1)),
    ('start "the service:search page" service:"web shop"', c.Start("the service:search page", "web shop")),
    ("start the “pay” button is dead", c.Start('the "pay" button is dead')),
    ("start service:check–out", c.Start("", "check-out")),
    ("start payment service: 500s", c.Start("payment service: 500s")),
    ("start it’s 50 % &lt;slow&gt; &amp; <@U1|ana> saw it", c.Start("it’s 50 % <slow> & @ana saw it")),
    ('start 5" pipe burst', c.Start('5" pipe burst')),
    ("declare checkout", c.Start("checkout")),
    ("start sev1 checkout down", c.Start("checkout down", None, 1)),
    ("start SEV1: checkout down service:checkout", c.Start("checkout down", "checkout", 1)),
    ("start sev 3 checkout", c.Start("checkout", None, 3)),
    ("start Sev-4 – checkout", c.Start("checkout", None, 4)),
    ('start "sev1 checkout down"', c.Start("checkout down", None, 1)),
    ("start sev2", c.Start("", None, 2)),
    ("start sev1 checkout sev:3", c.Start("sev1 checkout", None, 3)),
    ("start sev10 seats fail", c.Start("sev10 seats fail")),
    ("start sev1-runbook is gone", c.Start("sev1-runbook is gone")),
    ("start several 1 star reviews", c.Start("several 1 star reviews")),
    ("start is it sev1", c.Start("is it sev1")),
    ("status", c.ShowStatus()),
    ("Status.", c.ShowStatus()),
    ("status #12", c.ShowStatus(12)),
    ("status #12?", c.ShowStatus(12)),
    ("#12", c.ShowStatus(12)),
    ("list", c.ListOpen()),
    ("triage #3", c.RunTriage(3)),
    ("trace 4bf92f3577b34da6", c.ShowTrace("4bf92f3577b34da6")),
    ("trace `req–81:a/b_c.d` #3", c.ShowTrace("req-81:a/b_c.d", 3)),
    ("trace #3 abc", c.ShowTrace("abc", 3)),
    ("cause the pool\n is full, see #4821", c.ConfirmCause("the pool is full, see #4821")),
    ("cause #12 the pool is full", c.ConfirmCause("the pool is full", 12)),
    ("rollback", c.RollBack()),
    ("snooze 5m waiting for the DBA", c.Snooze(M5, "waiting for the DBA")),
    ("Snooze 5 min waiting", c.Snooze(M5, "waiting")),
    ("snooze 5 waiting", c.Snooze(M5, "waiting")),
    ("snooze 5 sequoia is slow", c.Snooze(M5, "sequoia is slow")),
    ("snooze #12 300s waiting for #13", c.Snooze(M5, "waiting for #13", 12)),
    ("snooze 1h, failover runs", c.Snooze(timedelta(hours=1), "failover runs")),
    ("lead <@U12AB|ana>", c.SetLead("U12AB")),
    ("lead <@W12AB> #4", c.SetLead("W12AB", 4)),
    ("lead", c.SetLead(None)),
    ("lead me", c.SetLead(None)),
    ("sev 1", c.SetSeverity(1)),
    ("sev #12 2", c.SetSeverity(2, 12)),
    ("sev1", c.SetSeverity(1)),
    ("SEV2.", c.SetSeverity(2)),
    ("sev3 #12", c.SetSeverity(3, 12)),
    ("severity sev3 #12", c.SetSeverity(3, 12)),
    ("update we are\nrolling back", c.PostUpdate("we are\nrolling back")),
    ("resolve", c.Resolve()),
    ("resolve #12", c.Resolve("", 12)),
    ("resolve #12 reverted v214", c.Resolve("reverted v214", 12)),
    ("close it was DNS", c.Resolve("it was DNS")),
    ("resolve fixed by #4821", c.Resolve("fixed by #4821")),
    ("resolve 3 hosts were replaced", c.Resolve("3 hosts were replaced")),
    ("resolve #12 99", c.Resolve("99", 12)),
    ("reopen #12", c.Reopen(12)),
    ("export", c.Export()),
]


@pytest.mark.parametrize(("typed", "command"), MEANT)
def test_typed_is_read_as_meant(typed, command):
    """Capitals, smart quotes, dashes, odd spaces and options in any place are read as meant."""
    assert parse(typed) == command


REFUSED = [
    ("statsu", "the nearest is status", "/incident status [#N]"),
    ("roll-back", "the nearest is rollback", "/incident rollback [#N]"),
    ("checkout is down", "The verbs are start, status", "/incident start checkout is down"),
    ("fixed", "what ends an incident is resolve", "/incident resolve"),
    ("Stop.", "what ends an incident is resolve", "/incident resolve"),
    ("fixed by v213", "what ends an incident is resolve", "/incident resolve fixed by v213"),
    ("cancel #2", "what ends an incident is resolve", "/incident resolve #2"),
    ("12", "number stands after #", "/incident #12"),
    ("start sev:9", '"9" is no severity', "/incident start [title]"),
    ("start sev:", "severity is missing", "/incident start [title]"),
    ("sev", "severity is missing", "/incident sev [#N] 1..4"),
    ("sev1 checkout is down", 'no verb "sev1"', "/incident start sev1 checkout is down"),
    ("sev5", '"sev5"', "/incident sev [#N] 1..4"),
    ("sev high", '"high" is no severity', "/incident sev [#N] 1..4"),
    ("trace", "id is missing", "/incident trace [#N] ID"),
    ("trace a b", "no correlation id", "/incident trace [#N] ID"),
    ("trace x';drop", "no correlation id", "/incident trace [#N] ID"),
    ("trace " + "a" * 129, "no correlation id", "/incident trace [#N] ID"),
    ("cause", "cause is missing", "/incident cause [#N] TEXT"),
    ("cause #12", "cause is missing", "/incident cause [#N] TEXT"),
    ("update", "text is missing", "/incident update [#N] TEXT"),
    ("snooze", "How long?", "/incident snooze [#N] 5m REASON"),
    ("snooze soon", "a number alone is minutes", "/incident snooze [#N] 5m REASON"),
    ("snooze 12 5m waiting", "If 12 is an incident, write #12.", "/incident snooze #12 5m waiting"),
    ("snooze 5m", "reason is missing", "/incident snooze [#N] 5m REASON"),
    ("snooze 0m later", "from 1 s to 1 h", "/incident snooze [#N] 5m REASON"),
    ("snooze 2h later", "from 1 s to 1 h", "/incident snooze [#N] 5m REASON"),
    ("snooze 5mx later", "How long?", "/incident snooze [#N] 5m REASON"),
    ("lead @ana", "did not say who", "/incident lead [#N] @user"),
    ("rollback v213", '"v213" is more than this verb takes', "/incident rollback [#N]"),
    ("list all", "more than this verb takes", "/incident list"),
]


@pytest.mark.parametrize(("typed", "wrong", "form"), REFUSED)
def test_refusal_says_what_was_wrong_and_shows_the_right_form(typed, wrong, form):
    """Every error names the mistake, and a form to copy."""
    with pytest.raises(UserError) as refused:
        parse(typed)
    assert wrong in refused.value.wrong
    assert form in refused.value.form


TAKE_A_NUMBER = [name for name, verb in VERBS.items() if "[#N]" in verb.arguments]


@pytest.mark.parametrize("name", TAKE_A_NUMBER)
@pytest.mark.parametrize("typed", ["#abc", "#abc 5m 1 text", "#12x", "#", "#1234567890"])
def test_a_mistyped_number_names_no_incident_instead_of_the_channels_own(name, typed):
    """Behind every verb that takes one: what begins with # and is no number is never text."""
    refused = refusal_of(f"{name} {typed}")
    assert refused.wrong == f"{typed.split()[0]} is no incident: write its number, as in #12."
    assert refused.form == VERBS[name].form


@pytest.mark.parametrize("name", ["status", "triage", "cause", "rollback", "update", "resolve", "reopen", "export"])
def test_a_number_alone_is_asked_for_its_sign(name):
    """It was meant for an incident's; as text it would change the channel's own."""
    refused = refusal_of(f"{name} 99.")
    assert refused.wrong.startswith("If 99 is an incident, write #99")
    assert refused.form == f"/incident {name} #99" + (" TEXT" if name in {"cause", "update"} else "")
    assert refusal_of(refused.form.removeprefix("/incident ")) is None


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_verb_has_a_form_and_one_calm_line_of_help(verb):
    """The help is rendered from the table: short lines, no exclamation marks."""
    assert verb.form.startswith(f"/incident {verb.name}")
    assert verb.help.endswith(".")
    assert len(verb.help) <= 60
    assert "!" not in verb.help


def refusal_of(text):
    """Return what refuses the text, or None where it is a command."""
    try:
        parse(text)
    except UserError as refused:
        return refused
    return None


@given(st.text(max_size=200))
def test_any_text_is_a_command_or_a_refusal(text):
    """No text raises anything else, and every refusal has both its parts."""
    refused = refusal_of(text)
    assert refused is None or (refused.wrong and refused.form)


@given(st.sampled_from(sorted(VERBS)), st.text(max_size=80))
def test_any_words_after_a_verb_are_read_or_refused_with_its_own_form(name, words):
    """A verb's refusal shows that verb's form, or what was typed with the number's sign."""
    refused = refusal_of(f"{name} {words}")
    assert refused is None or refused.form == VERBS[name].form or refused.form.startswith(f"/incident {name} #")


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30), st.integers(1, 4))
def test_options_are_found_wherever_they_stand(word, severity):
    """A title, a service and a severity give the same command in any order."""
    typed = [word, f"sev:{severity}", "service:checkout"]
    expected = c.Start(word, "checkout", severity)
    assert {parse("start " + " ".join(order)) for order in (typed, typed[::-1], typed[1:] + typed[:1])} == {expected}
