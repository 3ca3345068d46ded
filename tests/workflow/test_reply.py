"""Messages that become hypotheses, and what follows their edits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from bot.store import hypotheses
from bot.workflow import evidence, owe, reply, verbs
from bot.workflow.reply import Reply


def record(bench, *, thread_ts):
    """Record a message of C1 by the shortcut."""
    asked, said = bench.asked(), Reply(channel_id="C1", ts="99.1", thread_ts=thread_ts, text="redis is down")
    return bench.does(lambda tx: reply.record(tx, bench.context, asked, said))


def test_the_shortcut_records_for_the_incident_whose_thread_it_is(bench):
    """With two incidents open the thread says which one is meant."""
    bench.starts()
    bench.passes(minutes=11)
    bench.starts()
    assert record(bench, thread_ts="1.1").text == "Recorded as H1 of #1."


def test_the_shortcut_says_where_to_write_when_it_cannot_tell(bench):
    """Outside of every thread, two open incidents are named instead of a picker that would forget the message."""
    bench.starts()
    bench.passes(minutes=11)
    bench.starts()
    asked, said = bench.asked(), Reply(channel_id="C1", ts="99.1", thread_ts="", text="redis is down")
    answer = verbs.ask(bench.context, asked, lambda tx: reply.record(tx, bench.context, asked, said))
    assert answer.text.strip() == "#1, #2 are open here. Write it in the thread of the one that it is about."


def test_evidence_for_words_that_were_edited_meanwhile_is_dropped(bench):
    """What was found for the old words is not written under the new ones."""
    bench.starts()
    record(bench, thread_ts="1.2")
    with bench.store.transaction() as tx:
        before = hypotheses.get(tx, 1, 1)
        hypotheses.save(tx, replace(before, text="postgres is down"))
        evidence._store(tx, bench.context, before, ["redis: 12 errors"], [])
        assert hypotheses.get(tx, 1, 1).evidence == ()
    assert not bench.pending(f"{owe.SAY}:evidence")


def test_a_reply_that_slack_sends_again_waits_for_no_write(bench):
    """It is acknowledged while somebody writes: a write for each repeat made every answer late, and repeats many."""
    bench.starts()
    asked, note = bench.asked(), Reply(channel_id="C1", ts="99.1", thread_ts="1.1", text="on it")

    def hear():
        verbs.heard(bench.context, asked, note, lambda tx: reply.said(tx, bench.context, asked, note))

    hear()
    with ThreadPoolExecutor(1) as somebody, bench.store.transaction():
        somebody.submit(hear).result(5)
    assert bench.timeline().count("on it") == 1


def test_a_note_that_is_edited_is_not_written_twice(bench):
    """The old words stand, since the timeline is append-only; the new ones are said to be an edit."""
    bench.starts()
    for verb, text in ((reply.said, "on it"), (reply.edited, "on it now")):
        asked, note = bench.asked(), Reply(channel_id="C1", ts="99.1", thread_ts="1.1", text=text)
        bench.does(lambda tx, verb=verb, asked=asked, note=note: verb(tx, bench.context, asked, note))
    assert bench.timeline()[-2:] == ["on it", "a note now reads: on it now"]
