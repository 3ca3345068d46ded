"""Who counts, and who may: the rule alone."""

import pytest

from bot.errors import NotAllowed
from bot.incident.permission import WORDS, Act, No, Standing, Yes, admit, judge

SRE = frozenset({"U1", "U2"})


@pytest.mark.parametrize("standing", Standing)
def test_only_who_is_known_to_be_outside_is_turned_away(standing):
    """Members are let in, and so is somebody of whom Slack said nothing."""
    if standing in (Standing.MEMBER, Standing.UNKNOWN):
        admit(standing)
    else:
        with pytest.raises(NotAllowed, match="full members"):
            admit(standing)


@pytest.mark.parametrize(
    ("user", "standing", "allowed", "members", "ruling"),
    [
        ("U9", Standing.MEMBER, None, {}, Yes()),
        ("U9", Standing.MEMBER, ["U9"], {}, Yes()),
        ("U1", Standing.MEMBER, ["S1"], {"S1": SRE}, Yes()),
        ("U1", Standing.MEMBER, ["S2", "S1"], {"S1": SRE}, Yes()),
        ("U9", Standing.MEMBER, ["S1"], {"S1": SRE}, No(("S1",))),
        ("U9", Standing.MEMBER, ["S1", "U8"], {"S1": SRE}, No(("S1", "U8"))),
        ("U9", Standing.MEMBER, ["S1"], {"S1": frozenset()}, No(("S1",))),
        ("U9", Standing.MEMBER, ["U8"], {}, No(("U8",))),
        ("U9", Standing.MEMBER, ["S1"], {}, Yes("Slack did not say who is in S1")),
        ("U9", Standing.MEMBER, ["S1", "S2"], {"S1": SRE}, Yes("Slack did not say who is in S2")),
        ("U9", Standing.UNKNOWN, None, {}, Yes("Slack did not say who they are")),
        ("U1", Standing.UNKNOWN, ["S1"], {"S1": SRE}, Yes("Slack did not say who they are")),
        ("U9", Standing.UNKNOWN, ["S1"], {"S1": SRE}, No(("S1",))),
    ],
)
def test_a_list_is_kept_as_far_as_slack_said_who_is_in_it(user, standing, allowed, members, ruling):
    """Named by id or by group; silence of Slack's is a yes with a doubt."""
    assert judge(user, standing, allowed, members) == ruling


def test_every_act_can_be_refused_in_words():
    """Each says what it is, and what is left to do."""
    assert set(WORDS) == set(Act)
    for what, instead in WORDS.values():
        assert what.format(service="checkout", incident="#12")
        assert instead.startswith("Ask them")
