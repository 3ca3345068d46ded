"""Mistakes in fifteen.toml that would be noticed at 3 a.m. only are refused at the start."""

import pytest

from bot import settings
from bot.errors import ConfigError


@pytest.mark.parametrize(
    ("line", "key", "right"),
    [
        ('default_channel = "incidents"', "default_channel", '"#incidents"'),
        ('default_channel = "<#C1|incidents>"', "default_channel", '"#incidents"'),
        ('[service.checkout]\noncall = "@sre"', "service.checkout.oncall", '"S0123456"'),
        ('[service.checkout]\noncall = ""', "service.checkout.oncall", '"S0123456"'),
        ('[service.checkout]\nescalate_to = "<!subteam^S0123456>"', "service.checkout.escalate_to", '"S0123456"'),
        ('[service.checkout]\nchannels = ["checkout"]', "service.checkout.channels.0", '"#incidents"'),
        ('[may]\nresolve = ["@sre"]', "may.resolve.0", '"S0123456"'),
        ("[may]\nresolve = []", "may.resolve", "at least 1 item"),
        ('[service.checkout.may]\nrolback = ["S0123456"]', "service.checkout.may.rolback", "rollback"),
    ],
)
def test_what_slack_could_not_find_is_refused(tmp_path, line, key, right):
    """The error names the key and shows a value that would do."""
    file = tmp_path / "fifteen.toml"
    file.write_text(line)
    with pytest.raises(ConfigError) as caught:
        settings.load(file)
    assert caught.value.where == f"{file}: {key}"
    assert right in caught.value.right


@pytest.mark.parametrize("somebody", ["S0123456", "U0AVA", "W123"])
def test_groups_and_users_are_taken_by_id(tmp_path, somebody):
    """And channels by name or id."""
    file = tmp_path / "fifteen.toml"
    file.write_text(
        f'default_channel = "#störung"\n[service.shop]\noncall = "{somebody}"\nchannels = ["#shop", "C0123456"]'
    )
    assert settings.load(file).service["shop"].oncall == somebody


def test_relative_paths_are_relative_to_the_file(tmp_path, monkeypatch):
    """Wherever the bot is started: a unit file, a container and a shell each have a working directory of their own."""
    monkeypatch.chdir("/")
    file = tmp_path / "fifteen.toml"
    file.write_text(
        """
        [service.shop.logs]
        kind = "file"
        path = ["logs/*.log", "/var/log/shop/"]
        [service.shop.deploys]
        kind = "git"
        path = "clone"
        """
    )
    read = settings.load(file)
    assert read.store == f"sqlite:///{tmp_path}/fifteen.db"
    assert read.service["shop"].logs.paths == [f"{tmp_path}/logs/*.log", "/var/log/shop/"]
    assert read.service["shop"].deploys.path == f"{tmp_path}/clone"


@pytest.mark.parametrize(
    "store",
    [
        "sqlite:////var/lib/fifteen.db",
        "sqlite://",
        "sqlite:///:memory:",
        "fifteen.db",
        "postgresql:///fifteen?host=/var/run/postgresql",
    ],
)
def test_a_store_that_is_no_relative_path_is_left_as_it_is(tmp_path, store):
    """An absolute one, a server's, and what is refused later in its own words."""
    file = tmp_path / "fifteen.toml"
    file.write_text(f'store = "{store}"')
    assert settings.load(file).store == store


def test_what_a_service_leaves_out_is_as_at_the_top(tmp_path):
    """Key by key; a service that is not configured has what stands at the top."""
    file = tmp_path / "fifteen.toml"
    file.write_text(
        '[may]\nstart = ["S0123456"]\nresolve = ["U0AVA"]\n[service.shop.may]\nresolve = ["S0765432", "U0BEN"]'
    )
    read = settings.load(file)
    assert read.allowed("resolve", "shop") == ["S0765432", "U0BEN"]
    assert read.allowed("start", "shop") == ["S0123456"]
    assert (read.allowed("resolve", None), read.allowed("resolve", "gone")) == (["U0AVA"], ["U0AVA"])
    assert read.allowed("snooze", "shop") is None
    assert read.named_groups() == {"S0123456", "S0765432"}
