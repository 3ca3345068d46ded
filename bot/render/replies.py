"""Ephemeral answers to whoever typed or pressed something: the answer first, then the right form."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.errors import NotAllowed, UserError
from bot.incident.escalation import Look
from bot.incident.grammar import VERBS, Verb
from bot.incident.incident import Incident
from bot.render import escape, ids
from bot.render.blocks import actions, button, context, section
from bot.render.card import name, status_word
from bot.render.due import call_of, untimed
from bot.render.fallback import why_refused
from bot.render.limits import ACTIONS_ELEMENTS, BUTTON_TEXT
from bot.render.message import Block, Message
from bot.render.words import ANSWERS, count, duration, minutes

SHOWN = 20  # incidents open at once, in a list or a picker
FORM = 1100  # a line to copy: an update keeps 1,000 characters, and what is cut here would be lost


def error(wrong: UserError) -> Message:
    """Say what was wrong, and show the right form."""
    lines = [escape.prose(wrong.wrong)]
    if wrong.form:
        lines.append(f"Try: {escape.code(wrong.form, FORM)}")
    lines.extend(f"Or: {escape.code(other, FORM)}" for other in wrong.others)
    return _said(escape.plain(f"{wrong.wrong} {wrong.form}"), lines)


def not_allowed(refusal: NotAllowed) -> Message:
    """Say who may; an ephemeral message mentions without calling anybody."""
    if not refusal.who:
        return done(refusal.wrong)
    who = " or ".join(map(escape.somebody, refusal.who))
    return _said(escape.plain(refusal.wrong), [f"Only {who} may {escape.prose(refusal.what)}.", refusal.instead])


def done(text: str) -> Message:
    """Say in one line what was done; `text` is plain and is escaped here."""
    return _said(escape.plain(text), [escape.prose(text)])


def snoozed(incident: Incident, call_at: datetime, length: timedelta) -> Message:
    """Say when the call comes; a snooze that ends before it was due has moved nothing."""
    if call_at == incident.snoozed_until:
        words = "The rollback call is put off to {}."
    else:
        words = f"The rollback call comes at {{}} anyway: {minutes(length)} count from now."
    return _said(words.format(f"{call_at:%H:%M} UTC"), [words.format(escape.time(call_at))])


def already_started(incident: Incident, now: datetime, *, permalink: str, command: str) -> Message:
    """Say that the incident exists, with Open and Start another.

    Args:
        incident: The one that was started.
        now: For how long ago.
        permalink: Of the card; empty while it has none, and then there is no Open.
        command: What was typed after the slash command; Start another runs it again.
    """
    said = f"was started {duration(now - incident.started_at)} ago by {escape.user(incident.started_by)}"
    buttons = [button("Start another", ids.START_ANOTHER, ids.command_value(command))]
    if permalink:
        buttons.insert(0, button("Open", ids.OPEN_INCIDENT, style="primary", url=permalink))
    return _said(f"#{incident.id} {said}.", [f"{_headed(incident)} {said}."], actions(buttons))


def cannot_post(*, default_channel: str, command: str) -> Message:
    """Say that the bot is not in this channel, with Invite me and Use #incidents.

    Args:
        default_channel: By name or id; empty where none is configured.
        command: What was typed after the slash command; both buttons run it again.
    """
    value = ids.command_value(command)
    buttons = [button("Invite me", ids.INVITE_ME, value)]
    if default_channel:
        label = escape.plain(f"Use {default_channel}", BUTTON_TEXT)
        buttons.append(button(label, ids.USE_DEFAULT_CHANNEL, value))
    wrong = "I am not in this channel, so I cannot post here."
    form = f"Type {escape.code('/invite @Fifteen')} here, then press Invite me."
    return _said(wrong, [wrong, form], actions(buttons))


def moved(incident: Incident, *, error: str) -> Message:
    """Say that the incident stands in another channel, and why: `error` is Slack's word for the refusal."""
    why = why_refused(incident.asked_channel_id, error)
    line = f"stands in {escape.channel(incident.channel_id)}: {why}."
    return _said(f"#{incident.id} {line}", [f"*#{incident.id}* {line}"])


def status(incident: Incident, now: datetime, look: Look | None = None, *, calling: bool = False) -> Message:
    """Say where one incident stands, in a few lines.

    `look` is the clock's next one, where one is pending; `calling`: a rollback call is decided and not posted yet.
    """
    lines = [_headed(incident)]
    lines.append(f"*{status_word(incident)}* · severity {incident.severity} · lead {escape.user(incident.lead_id)}")
    lines.append(f"Started {duration(now - incident.started_at)} ago · users affected: {_affected(incident)}")
    if incident.cause is not None:
        lines.append(f"Cause: {escape.prose(incident.cause)}")
    elif incident.is_open and incident.rolling_back_at is None:
        lines.append(_call(incident, now, look, calling=calling))
    text = escape.plain(f"{name(incident)}: {status_word(incident).lower()}")
    return _said(text, lines)


def incident_list(incidents: Sequence[Incident], now: datetime) -> Message:
    """List the open incidents, newest first."""
    if not incidents:
        return _said("No open incidents.", ["No open incidents."])
    newest = sorted(incidents, key=lambda one: one.started_at, reverse=True)
    lines = [_listed(incident, now) for incident in newest[:SHOWN]]
    return _said(count(len(incidents), "open incident"), lines, *_left(len(incidents)))


def pick(incidents: Sequence[Incident], command: str) -> Message:
    """Ask which incident a command was meant for; each button runs it with that incident."""
    newest = sorted(incidents, key=lambda one: one.started_at, reverse=True)[: min(SHOWN, ACTIONS_ELEMENTS)]
    buttons = [
        button(
            escape.plain(name(incident), BUTTON_TEXT),
            ids.pick_action(incident.id),
            ids.pick_value(incident.id, command),
        )
        for incident in newest
    ]
    return _said("Which incident?", ["*Which incident?*"], actions(buttons), *_left(len(incidents)))


def help_message(verb: str | None = None) -> Message:
    """Show every form of the command, with buttons for those that need no more words; or the form of one verb."""
    if verb is not None:
        one = VERBS[verb]
        return _said(f"{one.form}: {one.help}", [f"{escape.code(one.form)} {one.help}"])
    lines = [f"{escape.code(_form(known))} {known.help}" for known in VERBS.values()]
    buttons = actions(
        (
            button("Start an incident", ids.HELP_START, style="danger"),
            button("Status", ids.HELP_STATUS),
            button("List", ids.HELP_LIST),
        )
    )
    hint = context(f"Several incidents open? Add {escape.code('#12')}. In a thread: {escape.code('@Fifteen status')}.")
    return Message("Fifteen: /incident start, status, list …", (buttons, section(*lines), hint))


def _form(verb: Verb) -> str:
    """Return a verb as it is typed; that a number may name the incident is said once, below."""
    return verb.form.replace(" [#N]", "")


def _said(text: str, lines: Sequence[str], *more: Block) -> Message:
    return Message(text, (section(*lines), *more))


def _headed(incident: Incident) -> str:
    title = f" {escape.prose(incident.title)}" if incident.title.strip() else ""
    return f"*#{incident.id}*{title}"


def _affected(incident: Incident) -> str:
    return "not said" if incident.users_affected is None else ANSWERS[incident.users_affected].lower()


def _call(incident: Incident, now: datetime, look: Look | None, *, calling: bool) -> str:
    said = untimed(incident, look, calling=calling)
    if said or look is None:
        return said
    return f"{call_of(look)} in {duration(look.at - now)}." if look.at > now else f"{call_of(look)} is due."


def _listed(incident: Incident, now: datetime) -> str:
    state = f"{status_word(incident).lower()}, severity {incident.severity}"
    age = duration(now - incident.started_at)
    return f"{_headed(incident)} · {state} · {age} · {escape.channel(incident.channel_id)}"


def _left(total: int) -> Iterator[Block]:
    if total > SHOWN:
        yield context(f"{total - SHOWN} older ones are not shown.")
