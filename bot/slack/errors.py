"""What can become of a call to Slack other than success, sorted by what the caller does next.

SlackError
├── RateLimited       surely not done: try again after `retry_after_s`
├── ClaimExpired      not tried: the claim is too old to be sure that it is still ours
├── OutcomeUnknown    done or not, nobody knows: read back before trying again
└── Refused           surely not done, and it will not be: `refusal` says what could be changed
"""

from enum import StrEnum

from bot.errors import BotError


class SlackError(BotError):
    """The root; never raised itself."""


class RateLimited(SlackError):  # noqa: N818 - named for what happened
    """Slack (or our own gate) wants us to wait; the call had no effect."""

    def __init__(self, method: str, retry_after_s: float) -> None:
        super().__init__(f"{method}: rate limited for {retry_after_s:.1f} s")
        self.method = method
        self.retry_after_s = retry_after_s


class ClaimExpired(SlackError):  # noqa: N818
    """The claim's time was used up before the call could be made: another process may have taken the job over."""


class OutcomeUnknown(SlackError):  # noqa: N818
    """The answer was lost, late or a server's error: the call may have had its effect."""

    def __init__(self, method: str, why: str) -> None:
        super().__init__(f"{method}: outcome unknown: {why}")
        self.method = method
        self.why = why


class Refusal(StrEnum):
    """What a refusal is about, and so what may be done about it."""

    CHANNEL = "channel"  # not a member, archived, gone: post elsewhere, or ask to be invited
    TOKEN = "token"  # noqa: S105 - revoked or wrong: nothing works until the owner acts
    SCOPE = "scope"  # the app lacks a permission: name it
    MESSAGE = "message"  # what we sent is not acceptable: a mistake of ours
    GONE = "gone"  # the message, thread, view or response_url no longer exists
    TRIGGER = "trigger"  # more than 3 s since the click: ask to press again
    OTHER = "other"


_REFUSALS = {
    Refusal.CHANNEL: (
        "not_in_channel", "channel_not_found", "is_archived", "restricted_action", "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel", "restricted_action_non_threadable_channel", "user_not_in_channel",
        "method_not_supported_for_channel_type", "not_in_group", "ekm_access_denied", "messages_tab_disabled",
    ),
    Refusal.TOKEN: (
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "org_login_required",
        "access_denied", "team_access_not_granted", "two_factor_setup_required",
    ),
    Refusal.SCOPE: ("missing_scope", "not_allowed_token_type", "no_permission"),
    Refusal.MESSAGE: (
        "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "no_text", "invalid_arguments",
        "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "invalid_json", "invalid_form_data",
        "too_many_attachments", "as_user_not_supported", "invalid_view",
    ),
    Refusal.GONE: (
        "message_not_found", "thread_not_found", "cannot_reply_to_message", "cant_update_message", "edit_window_closed",
        "not_found", "hash_conflict", "expired_url", "used_url", "no_active_hooks", "user_not_found", "users_not_found", "no_such_subteam",
    ),
    Refusal.TRIGGER: ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"),
}  # fmt: skip
_REFUSAL_OF = {error: refusal for refusal, errors in _REFUSALS.items() for error in errors}


class Refused(SlackError):  # noqa: N818
    """Slack answered no.

    `error` is Slack's own word; `needed` the scope it names with missing_scope, or the details it gave.
    """

    def __init__(self, method: str, error: str, needed: str = "") -> None:
        super().__init__(f"{method}: {error}" + (f" ({needed})" if needed else ""))
        self.method = method
        self.error = error
        self.needed = needed

    @property
    def refusal(self) -> Refusal:
        """What it is about."""
        return _REFUSAL_OF.get(self.error, Refusal.OTHER)
