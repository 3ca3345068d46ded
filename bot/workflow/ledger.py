"""The menu beside each hypothesis: testing, confirmed, ruled out, not one at all; and the undo of each."""

from bot.errors import IncidentClosed, UserError
from bot.incident import hypothesis as rules
from bot.incident.hypothesis import HypothesisState
from bot.incident.permission import Act
from bot.incident.timeline import Kind
from bot.store import hypotheses
from bot.store.engine import Tx
from bot.workflow import permit
from bot.workflow.context import Answer, Asked, Context, incident_numbered, note
from bot.workflow.reply import keep

WORDS = {
    HypothesisState.OPEN: "open again",
    HypothesisState.TESTING: "is being tested",
    HypothesisState.CONFIRMED: "confirmed",
    HypothesisState.REFUTED: "ruled out",
    HypothesisState.WITHDRAWN: "not a hypothesis",
}


def judge(
    tx: Tx, context: Context, asked: Asked, incident_id: int, number: int, state: HypothesisState | None
) -> Answer:
    """Move a hypothesis to a state, or take the last move back where `state` is None."""
    incident = incident_numbered(tx, incident_id)
    known = hypotheses.get(tx, incident_id, number)
    if known is None:
        raise UserError(f"#{incident_id} has no H{number}.")
    now = context.clock.now()
    if state is None:
        after = rules.undo(known, by=asked.user_id, now=now)
    else:
        after = rules.move(known, state, by=asked.user_id, now=now)
    if after == known:
        return None
    if HypothesisState.CONFIRMED in (known.state, after.state):
        permit.allow(tx, context, asked, Act.CONFIRM, incident)
    if not keep(tx, context, known, after):
        raise IncidentClosed(f"#{incident_id} is resolved.", f"/incident reopen #{incident_id}")
    note(tx, context, incident, Kind.STATE, f"{after.label} {WORDS[after.state]}: {after.text}", asked)
    return None
