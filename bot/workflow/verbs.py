"""From what somebody asked to the verb that does it: once, in one transaction, with an answer for whoever asked."""

from collections.abc import Callable
from dataclasses import replace

from bot.errors import NotAllowed, UserError
from bot.incident import command as said
from bot.incident.grammar import parse
from bot.incident.incident import require_open
from bot.render import replies
from bot.render.message import Message
from bot.store import events
from bot.store.engine import Tx
from bot.telemetry import metrics
from bot.text.clean import untrusted
from bot.workflow import evidence, export, number_or_text, owe, permit, reply, resolve, rollback, start, status, triage
from bot.workflow.context import Answer, Asked, Context, SeveralIncidents, incident_for

Verb = Callable[[Tx], Answer]
Tell = Callable[[Tx, Message], None]
"""Owes an answer to whoever asked, where the acknowledgement carries none."""

# What a message may hold: docs.slack.dev recommends 4,000 characters. Each verb cuts what it keeps shorter.
TYPED_LIMIT = 4000


def once(context: Context, asked: Asked, verb: Verb, tell: Tell | None = None) -> Answer:
    """Do what somebody asks for, once; what Slack knows of them is in memory before the transaction begins.

    Raises:
        UserError: it cannot be done; nothing was stored.
        NotAllowed: they may not; that they were refused was stored, and nothing else.
    """
    context.people.meet(asked.user_id, *asked.named)

    def admitted(tx: Tx) -> Answer:
        permit.admit(context, asked)
        return verb(tx)

    try:
        return follow(context, asked, admitted, tell)
    except NotAllowed as refusal:
        # A key of its own: Slack may deliver it again, and a modal may be submitted again when its author may by then.
        again, kept = replace(asked, key=f"refused/{asked.key}"), refusal
        follow(context, again, lambda tx: permit.keep_refusal(tx, context, asked, kept))
        raise


def follow(context: Context, asked: Asked, verb: Verb, tell: Tell | None = None) -> Answer:
    """Do it, unless Slack has delivered this very payload before; then there is nothing left to say.

    All of it is one transaction: either the payload is recorded, its effect stands and its answer is owed, or nothing,
    and Slack delivers again. With `tell` only a modal is returned, which has to be opened now.

    Raises:
        UserError: it cannot be done; nothing was stored.
    """
    with context.store.transaction() as tx:
        is_new = events.first_time(tx, asked.key, asked.origin, context.clock.now())
        answer = verb(tx) if is_new else None
        if tell is not None and isinstance(answer, Message):
            tell(tx, answer)
            answer = None
    metrics.EVENTS.labels(asked.origin, "yes" if is_new else "no").inc()
    context.wake()
    return answer


def ask(context: Context, asked: Asked, verb: Verb, tell: Tell | None = None) -> Answer:
    """Do it once; a refusal, or a question back, is an answer like any other."""
    try:
        return once(context, asked, verb, tell)
    except SeveralIncidents as several:
        answer = replies.pick(several.choices, asked.text)
    except NotAllowed as refusal:
        answer = replies.not_allowed(refusal)
    except UserError as error:
        answer = replies.error(error)
    if tell is None:
        return answer
    say(context, asked, tell, answer)
    return None


def heard(context: Context, asked: Asked, said: reply.Reply, verb: Verb) -> None:
    """Follow a reply, where it stands in a thread of ours: most do not, and cost neither a question nor a write.

    Nor does one that was heard before: when answers are late Slack sends everything again, and then writing what is
    known already would make all of them later still.
    """
    with context.store.reading() as tx:
        is_known = bool(events.known(tx, {asked.key}))
        is_ours = not is_known and reply.is_ours(tx, said)
    if is_known:
        metrics.EVENTS.labels(asked.origin, "no").inc()
    if is_ours:
        context.people.meet(asked.user_id)
        follow(context, asked, verb)


def typed(context: Context, asked: Asked, tell: Tell | None = None) -> Answer:
    """Do what was typed after `/incident`; a secret in it is masked before anything can quote it back, or keep it."""
    text = untrusted(asked.text, TYPED_LIMIT)
    said_so = replace(asked, text=text, named=_named(text))
    return ask(context, said_so, lambda tx: run(tx, context, said_so, parse(said_so.text)), tell)


def _named(text: str) -> tuple[str, ...]:
    """Return the users of whom a verb has to know what they are: whoever is to lead."""
    try:
        command = parse(text)
    except UserError:
        return ()
    return (command.user_id,) if isinstance(command, said.SetLead) and command.user_id else ()


def by_whisper(context: Context, asked: Asked, thread_ts: str | None) -> Tell:
    """Answer a mention, which has no response_url."""
    return lambda tx, said: owe.whisper(tx, asked.channel_id, asked.user_id, thread_ts, said, context.clock.now())


def by_response_url(context: Context, asked: Asked) -> Tell:
    """Answer a click."""
    return lambda tx, said: owe.respond(tx, asked.response_url, said, context.clock.now())


def by_home(context: Context, asked: Asked) -> Tell:
    """Refuse whoever opened the home: there is nowhere else to say it."""
    return lambda tx, said: owe.publish_home(
        tx, asked.user_id, {"type": "home", "blocks": list(said.blocks)}, context.clock.now()
    )


def say(context: Context, asked: Asked, tell: Tell, message: Message) -> None:
    """Owe an answer that follows from no effect; what it answers is no new wish when it is sent or read back again."""
    with context.store.transaction() as tx:
        events.first_time(tx, asked.key, asked.origin, context.clock.now())
        tell(tx, message)
    context.wake()


def run(tx: Tx, context: Context, asked: Asked, command: said.Command) -> Answer:  # noqa: C901, PLR0911, PLR0912 - one line a verb
    """Carry out a command."""
    if isinstance(command, number_or_text.Texted):
        number_or_text.require_plain(tx, asked, command)
    match command:
        case said.Start():
            return start.start(tx, context, asked, command)
        case said.ShowStatus():
            return status.status(tx, context, asked, command)
        case said.ListOpen():
            return status.list_open(tx, context)
        case said.RunTriage():
            return triage.again(tx, context, asked, command)
        case said.ShowTrace():
            return evidence.ask_trace(tx, context, asked, command)
        case said.ConfirmCause():
            return resolve.confirm_cause(tx, context, asked, command)
        case said.RollBack():
            return rollback.begin(tx, context, asked, require_open(incident_for(tx, asked, command.number)).id)
        case said.Snooze():
            return status.snooze(tx, context, asked, command)
        case said.SetLead():
            return status.set_lead(tx, context, asked, command)
        case said.SetSeverity():
            return status.set_severity(tx, context, asked, command)
        case said.PostUpdate():
            return status.post_update(tx, context, asked, command)
        case said.Resolve():
            return resolve.resolve(tx, context, asked, command)
        case said.Reopen():
            return resolve.reopen(tx, context, asked, command)
        case said.Export():
            return export.ask(tx, context, asked, command)
        case said.Help():
            return replies.help_message(command.verb)
