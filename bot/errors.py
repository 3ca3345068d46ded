"""Every error that Fifteen raises on purpose, and whose fault it is.

BotError
├── ConfigError            the configuration is wrong: file, key, what is wrong, what would be right
├── SourceError            a log or deploy source could not answer; becomes a finding, never silence
│   ├── Unreachable        it is missing, down or too slow
│   ├── Rejected           it answered no: permission, ownership, a bad query
│   └── Truncated          it answered in part
└── UserError              somebody typed or pressed something that cannot be done; the answer is ephemeral
    ├── IncidentClosed     the incident is already resolved
    ├── NotAllowed         whoever asked may not; the refusal is in the audit
    └── IncidentDamaged    its row in the database cannot be read
"""

from typing import Any


class BotError(Exception):
    """The root; never raised itself."""


class ConfigError(BotError):
    """The configuration cannot be used.

    Args:
        where: File (or environment variable) and key, such as ``fifteen.toml: service.checkout.logs.kind``; the key alone
            (``store``) where only main knows the file.
        wrong: What is wrong with it, in one sentence.
        right: What would be right, ready to copy where possible.
    """

    def __init__(self, where: str, wrong: str, right: str) -> None:
        super().__init__(f"{where}: {wrong} {right}".rstrip())
        self.where = where
        self.wrong = wrong
        self.right = right


class SourceError(BotError):
    """A source of logs or deploys could not answer; ``str()`` is fit for a finding and names the remedy."""


class Unreachable(SourceError):  # noqa: N818 - named for what happened, as the finding says it
    """The source is missing, down or did not answer in time."""


class Rejected(SourceError):  # noqa: N818
    """The source answered, and refused."""


class Truncated(SourceError):  # noqa: N818
    """The source answered in part only.

    Args:
        problems: Why; each a sentence.
        partial: What it answered, where nothing else hands it out.
    """

    def __init__(self, *problems: str, partial: Any = None) -> None:
        super().__init__(*problems)
        self.problems = problems
        self.partial = partial

    def __str__(self) -> str:
        return "; ".join(self.problems)


class UserError(BotError):
    """What somebody asked for cannot be done.

    Args:
        wrong: What was wrong, in plain words.
        form: The right form to type, ready to copy: it is shown as code, so no other word stands in it.
        others: Further forms, where what was typed may have meant either.
    """

    def __init__(self, wrong: str, form: str = "", *others: str) -> None:
        super().__init__(f"{wrong} {form}".strip())
        self.wrong = wrong
        self.form = form
        self.others = others


class IncidentClosed(UserError):  # noqa: N818
    """The incident is resolved; ``/incident reopen #N`` opens it again."""


class NotAllowed(UserError):  # noqa: N818
    """Whoever asked may not do it.

    Args:
        wrong: The refusal in plain words, for where nothing can be mentioned.
        who: Who may instead: Slack ids, to be mentioned; none where `wrong` says it.
        what: What they may, as in "Only @sre may resolve or reopen it".
        instead: What is left to whoever asked.
        incident_id: Which incident it was about, where one was.
    """

    def __init__(
        self,
        wrong: str,
        *,
        who: tuple[str, ...] = (),
        what: str = "",
        instead: str = "",
        incident_id: int | None = None,
    ) -> None:
        super().__init__(wrong)
        self.who = who
        self.what = what
        self.instead = instead
        self.incident_id = incident_id


class IncidentDamaged(UserError):  # noqa: N818
    """What the database has of this incident cannot be read; it stands in nobody else's way."""

    def __init__(self, number: int) -> None:
        super().__init__(f"#{number} cannot be read: its row in the database is damaged.", "/incident start")
