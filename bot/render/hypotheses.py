"""The Hypotheses message: the ledger, kept current by editing; and what the bot answers in its thread."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bot.incident.hypothesis import Hypothesis, HypothesisState
from bot.incident.incident import Incident
from bot.render import escape, ids
from bot.render.blocks import context, menu, option, section
from bot.render.card import TITLE, name
from bot.render.limits import fit_blocks
from bot.render.message import Block, Message
from bot.render.words import STATES, count

QUESTION = "What do you think it is? Reply in this thread."
SHOWN = 40  # 50 blocks a message, with room for the words around them
SHOWN_EVIDENCE = 3

_MENU = (HypothesisState.TESTING, HypothesisState.CONFIRMED, HypothesisState.REFUTED, HypothesisState.WITHDRAWN)
_UNSET = HypothesisState.OPEN  # nobody set it, or an undo went back to it
# What stays when there are too many: what is settled as wrong goes first.
_KEEP = (
    HypothesisState.CONFIRMED,
    HypothesisState.TESTING,
    HypothesisState.OPEN,
    HypothesisState.REFUTED,
    HypothesisState.WITHDRAWN,
)


def ledger(incident: Incident, hypotheses: Sequence[Hypothesis]) -> Message:
    """Return the ledger as it should stand now; past `SHOWN` the ones ruled out are folded first, the oldest first."""
    ranked = sorted(hypotheses, key=lambda one: (_KEEP.index(one.state), -one.number))
    shown = sorted(ranked[:SHOWN], key=lambda one: one.number)
    question = QUESTION if incident.is_open else "Hypotheses, as they stood at the end."
    blocks = [section(f"*{question}*"), *(_entry(incident, one) for one in shown), *_folded(ranked[SHOWN:])]
    text = f"{escape.plain(name(incident), TITLE)}. {question} {count(len(hypotheses), 'hypothesis', 'hypotheses')}."
    return Message(text, fit_blocks(blocks))


def evidence(hypothesis: Hypothesis, sentences: Sequence[str]) -> Message:
    """Return the reply under a hypothesis that says what was found about it."""
    lines = [escape.prose(sentence) for sentence in sentences]
    fallback = f"{hypothesis.label}: {escape.plain(sentences[0] if sentences else 'nothing found')}"
    return Message(fallback, (section(f"*{hypothesis.label}*", *lines),))


def _entry(incident: Incident, hypothesis: Hypothesis) -> Block:
    options = tuple(_options(hypothesis)) if incident.is_open else ()
    accessory = menu("Set state", ids.hypothesis_action(hypothesis.number), options) if options else None
    # Slack keeps a menu's last choice as long as its block_id lives; a new state starts it afresh.
    block_id = f"{ids.hypothesis_action(hypothesis.number)}_{hypothesis.state}"
    return section(*_lines(hypothesis), accessory=accessory, block_id=block_id)


def _lines(hypothesis: Hypothesis) -> Iterator[str]:
    yield f"*{hypothesis.label}* {escape.prose(hypothesis.text)}"
    state = STATES[hypothesis.state]
    by = f" (set by {escape.user(hypothesis.state_by)})" if hypothesis.state_by and state != STATES[_UNSET] else ""
    yield f"*{state}*{by} · from {escape.user(hypothesis.author_id)}"
    if hypothesis.state is HypothesisState.WITHDRAWN:
        return
    earlier = len(hypothesis.evidence) - SHOWN_EVIDENCE
    if earlier > 0:
        yield f"• … {earlier} earlier"
    yield from (f"• {escape.prose(sentence)}" for sentence in hypothesis.evidence[-SHOWN_EVIDENCE:])


def _options(hypothesis: Hypothesis) -> Iterator[Block]:
    """The four states; the one it is in becomes its undo, where there is something to go back to."""
    for state in _MENU:
        if state is not hypothesis.state:
            yield option(STATES[state], ids.hypothesis_value(hypothesis.incident_id, hypothesis.number, state))
        elif hypothesis.previous_state is not None:
            value = ids.hypothesis_value(hypothesis.incident_id, hypothesis.number, None)
            yield option(f"Undo: {STATES[state]}", value)


def _folded(hidden: Sequence[Hypothesis]) -> Iterator[Block]:
    if hidden:
        states = Counter(one.state for one in hidden)
        parts = ", ".join(f"{states[state]} {STATES[state].lower()}" for state in _KEEP if states[state])
        yield context(f"{len(hidden)} more not shown: {parts}. The export holds them all.")
