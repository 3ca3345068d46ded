"""Mistakes in fifteen.toml that would be noticed at 3 a.m. only are refused at the start."""

import pytest
from click.testing import CliRunner

from bot import settings
from bot.cli import fifteen
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


SERVICE = "[service.shop]\n"
FROM_FILE = '[service.shop.deploys]\nkind = "file"\npath = "x"\n'
FROM_GIT = '[service.shop.deploys]\nkind = "git"\npath = "x"\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (SERVICE + 'triage_deadline = "5m"', "triage_deadline: '5m' cannot be used. It is too long: at most 2m."),
        (
            '[service.shop.logs]\nkind = "file"\npath = "x"\ndisorder = "90m"',
            "disorder: '90m' cannot be used. It is too long: at most 1h.",
        ),
        (SERVICE + 'window = "0s"', "window: '0s' cannot be used. It must be more than 0"),
        (FROM_FILE + 'tags = "v*"', 'tags: kind = "file" takes no tags. Leave it out, or write kind = "git".'),
        (FROM_GIT + 'repository = "x"', 'repository: kind = "git" takes no repository. Leave it out, or write kind'),
        (FROM_GIT + 'branche = "x"', "branche: there is no such key. Did you mean branch?"),
        (SERVICE + 'channels = "#a"', "channels: '#a' cannot be used. Write a list: channels = [\"#a\"]"),
        (SERVICE + 'logs = "x"', "shop.logs: 'x' cannot be used. Write a table: [service.shop.logs]"),
        ('[service.shop.logs]\nkind = "file"\npath = 5', "logs.path: 5 cannot be used. Write a text in quotes"),
        ('[service.git]\nstr = "x"', "service.git.str: there is no such key."),
        (FROM_GIT + "safe_directory = 5", "safe_directory: 5 cannot be used. Write safe_directory = true or"),
    ],
)
def test_a_value_that_cannot_be_is_answered_in_the_words_of_the_file(tmp_path, lines, said):
    """No type of Python's, and what to write instead."""
    file = tmp_path / "t.toml"
    file.write_text(lines)
    with pytest.raises(ConfigError) as caught:
        settings.load(file)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "helps"),
    [
        ("store = x.db", True),
        ("[service.shop]\nwindow = 5m", True),
        ('store = "x', True),
        ("[service.shop\n", False),
        ('store = "x"\nstore = "y"', False),
    ],
)
def test_quotes_are_named_only_where_they_are_missing(tmp_path, lines, helps):
    """Behind every other mistake the hint would lead astray."""
    file = tmp_path / "t.toml"
    file.write_text(lines)
    with pytest.raises(ConfigError) as caught:
        settings.load(file)
    assert ("Strings stand in quotes." in str(caught.value)) is helps
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("sqlite://x.db", 'a file takes three slashes, or four. Write: store = "sqlite:///x.db"'),
        ("sqlite://var/x.db", 'Write: store = "sqlite:///var/x.db"'),
        ("sqlite://", "a database in memory forgets everything"),
        ("mysql://x", "mysql is not supported."),
    ],
)
def test_a_store_that_cannot_be_names_the_file_that_was_given(tmp_path, store, said):
    """It may be called otherwise than fifteen.toml."""
    file = tmp_path / "t.toml"
    file.write_text(f'store = "{store}"')
    done = CliRunner().invoke(fifteen, ["migrate", "--config", str(file)])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"fifteen: {file}: store: ")
    assert said in done.stderr


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
