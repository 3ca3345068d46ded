"""What the last triage knows about a hypothesis: sentences of evidence, or nothing at all.

Silence is the rule: a sentence is found only where the reply names something particular - a commit, a deploy, an error, a
value with a share of the errors of its own, a correlation id - and never for a word that merely looks like one.
"""

from dataclasses import dataclass

from bot.triage.summary import ChangeLog, LogSummary, Report


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of evidence; plain text, neither truncated nor escaped yet."""

    text: str


@dataclass(frozen=True, slots=True)
class TraceWanted:
    """The reply names a correlation id, which has matched the allow-list: show its trace."""

    id: str


Evidence = Sentence | TraceWanted


def find_evidence(reply: str, report: Report, summary: LogSummary, changelog: ChangeLog) -> tuple[Evidence, ...]:
    """Return what the triage knows about a reply; () where there is nothing to say."""
    raise NotImplementedError
