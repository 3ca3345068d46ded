"""What the sandbox refuses, and how it says so."""

from typing import Any


class ApiError(Exception):
    """A Web API call fails as Slack would fail it; `extra` goes into the answer beside `error`."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra

    @classmethod
    def explained(cls, error: str, *messages: str) -> "ApiError":
        """Return one with Slack's `response_metadata.messages`."""
        return cls(error, response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})


class ControlError(Exception):
    """A control request asks for something that a person in Slack could not do."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail
