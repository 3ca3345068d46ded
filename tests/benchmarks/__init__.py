"""`make bench`: how fast a triage is, beside the tools that one would use without it, on the same bytes."""
