"""A strict local Slack, for the demo and the tests; it knows nothing of the bot."""
