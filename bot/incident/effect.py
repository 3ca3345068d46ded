"""Whether users are hurt, as far as anybody can tell: the log's answer, and a person's, which outranks it."""

from enum import StrEnum
from types import MappingProxyType

from bot.incident.incident import Incident, UsersAffected


class Effect(StrEnum):
    """What is known about users at one moment. A service that went silent is UNKNOWN, never RECOVERED."""

    AFFECTED = "affected"
    RECOVERED = "recovered"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        """The clause that stands in a sentence about the incident."""
        return _WORDS[self]


_WORDS = MappingProxyType(
    {
        Effect.AFFECTED: "users still affected",
        Effect.RECOVERED: "the error rate is back at its baseline",
        Effect.UNKNOWN: "whether users are affected could not be checked",
    }
)


def effect_on_users(incident: Incident, log: Effect) -> Effect:
    """Return what to believe: yes and no are a person's word and outrank the log; not sure leaves it to the log.

    A "no" reads as RECOVERED: nobody is hurt, whatever is logged.
    """
    if incident.users_affected is UsersAffected.YES:
        return Effect.AFFECTED
    if incident.users_affected is UsersAffected.NO:
        return Effect.RECOVERED
    return log
