"""Step 2: who is suspect and why, in words; what to undo, and what is in the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triage.changes import assess
from bot.triage.frames import standing_in
from bot.triage.hazards import find_hazards
from bot.triage.summary import (
    Change,
    ChangeLog,
    Commit,
    Deploy,
    ErrorGroup,
    FieldCounts,
    LoggedException,
    Next,
    Onset,
    ValueCounts,
)

BEGAN = datetime(2026, 3, 2, 13, 52, tzinfo=UTC)
ONSET = Onset(BEGAN, BEGAN - timedelta(seconds=40), BEGAN + timedelta(seconds=20))
AT = BEGAN + timedelta(minutes=5)


def minutes(count: float) -> datetime:
    """Return an instant so many minutes after the onset."""
    return BEGAN + timedelta(minutes=count)


def deploy(name: str, at: float, *files: str, environment: str = "") -> Deploy:
    """Return a deploy so many minutes after the onset."""
    revision = f"{name:0>40}".replace("v", "a")
    return Deploy(revision, name, "Change", "Ada", minutes(at), environment, files, commits=1)


def commit(at: float, *files: str, shipped: bool = False) -> Commit:
    """Return a commit so many minutes after the onset."""
    return Commit(f"{abs(at):0>40.0f}", "Change", "Ada", minutes(at), shipped, files)


def group(count: int, *frames: str) -> ErrorGroup:
    """Return an error group with an exception."""
    return ErrorGroup(f"boom {count} {frames}", count, 0, BEGAN, AT, "boom", LoggedException("E", "boom", frames))


def field(name: str, **errors_and_events: tuple[int, int]) -> FieldCounts:
    """Return a field by value: (errors, events)."""
    values = tuple(
        ValueCounts(value, events, errors, 0, 0, n)
        for n, (value, (errors, events)) in enumerate(errors_and_events.items())
    )
    return FieldCounts(name, 1.0, values)


def judge(
    *deploys: Deploy,
    onset: Onset | None = ONSET,
    groups: Sequence[ErrorGroup] = (),
    fields: Sequence[FieldCounts] = (),
    commits: Sequence[Commit] = (),
    proves: bool = True,
    rollbacks: Sequence[datetime] = (),
) -> tuple[tuple[Change, ...], Next]:
    """Assess the deploys as a triage five minutes after the onset would."""
    log = ChangeLog("git", deploys, tuple(commits), proves_deploys=proves)
    return assess(
        log,
        onset=onset,
        groups=groups,
        fields=fields,
        at=AT,
        rollback_after=timedelta(minutes=15),
        window_to_baseline=0.25,
        rollbacks=rollbacks,
    )


def test_deploys_come_first_and_the_newest_of_each_kind_on_top() -> None:
    """Whatever order the source had."""
    changes, _ = judge(deploy("v1", -90), deploy("v2", -5), commits=[commit(-7), commit(-2)])
    assert [(change.kind, change.at) for change in changes] == [
        ("deploy", minutes(-5)),
        ("deploy", minutes(-90)),
        ("commit", minutes(-2)),
        ("commit", minutes(-7)),
    ]


def test_timing_alone_is_said_to_be_timing_alone() -> None:
    """It is a reason to look, not a proof."""
    (change,), _ = judge(deploy("v2", -3))
    assert (change.suspect, change.reasons) == (True, ("shipped 3 min before the onset", "timing alone"))


def test_a_version_that_only_some_services_log_is_told_of_their_lines() -> None:
    """The other services' lines have none, and are not counted with either."""
    some = replace(field("version", v9=(60, 300), v8=(0, 100)), coverage=0.5)
    changes, _ = judge(deploy("v9", -90), groups=[group(60, "a (a.js)")], fields=[some])
    assert "100 % of failing lines carry version v9, 75 % of all lines with a version do" in changes[0].reasons


@pytest.mark.parametrize(
    ("names", "previous", "later"),
    [
        (["cart-18", "catalog-31", "cart-17", "catalog-30"], "cart-17", []),
        (["catalog-31", "cart-18", "catalog-30", "cart-17"], "catalog-30", []),
        (["cart@v18", "catalog@v31", "catalog@v30"], None, []),
        (["v18", "v17", "v16"], "v17", []),
        (["hotfix-3", "release-2026.11.2", "hotfix-2"], "release-2026.11.2", []),
        (["2026-11-23-fix-login", "2026-11-22-cart-2"], "2026-11-22-cart-2", []),
    ],
)
def test_what_runs_after_a_rollback_is_a_release_of_the_same_product(names, previous, later) -> None:
    """One deploy log may be of several services."""
    _, following = judge(*(deploy(name, -5 - 10 * number) for number, name in enumerate(names)))
    assert following.deploy.name == names[0]
    assert (following.previous.name if following.previous else None) == previous
    assert [change.name for change in following.later] == later


def test_a_later_deploy_of_another_product_is_not_undone() -> None:
    """Only what replaced the suspect goes with it."""
    _, following = judge(deploy("catalog-31", 1), deploy("cart-19", 2), deploy("cart-18", -2), deploy("cart-17", -90))
    assert following.deploy.name == "cart-18"
    assert [change.name for change in following.later] == ["cart-19"]


@pytest.mark.parametrize(
    ("seconds_before_the_end_of_the_interval", "suspect"),
    [(30 * 60 + 1, False), (30 * 60, True), (60, True), (0, True), (-1, False)],
)
def test_timing_counts_from_thirty_minutes_before_to_the_end_of_the_interval(
    seconds_before_the_end_of_the_interval: int, suspect: bool
) -> None:
    """Both edges belong to it; a second later it shipped after the onset."""
    (change,), _ = judge(deploy("v2", (20 - seconds_before_the_end_of_the_interval) / 60))
    assert change.suspect is suspect


def test_without_an_onset_nothing_is_suspect() -> None:
    """There is nothing to be before of."""
    frames = [group(9, "charge (src/pay.py:42)")]
    (change,), following = judge(deploy("v2", -3, "src/pay.py"), onset=None, groups=frames)
    assert (change.suspect, change.reasons) == (False, ())
    assert following.deploy == change


@given(st.floats(0.34, 10_000))
def test_a_deploy_after_the_onset_is_never_suspect(at: float) -> None:
    """Not even with its files in the frames and its version on the lines: it may have been the cure."""
    evidence = {"groups": [group(9, "charge (src/pay.py:42)")], "fields": [field("version", v2=(9, 9))]}
    (change,), _ = judge(deploy("v2", at, "src/pay.py"), **evidence)
    assert not change.suspect
    assert change.reasons[0].endswith("after the onset")


def test_a_changed_file_in_the_top_frames_makes_an_old_deploy_suspect() -> None:
    """A fault may sleep for hours."""
    changes, _ = judge(
        deploy("v2", -300, "src/pay.py", "README.md"), groups=[group(9, "charge (/srv/app/src/pay.py:42)")]
    )
    assert changes[0].suspect
    assert changes[0].reasons == ("shipped 5 h before the onset", "changed src/pay.py, which stands in the top frames")


def test_only_top_frames_of_top_groups_count() -> None:
    """Deep below stands the framework; far down the list stands noise."""
    deep = [group(9, *["serve (src/web.py:1)"] * 5, "charge (src/pay.py:42)")]
    rare = [*(group(9 - n, "serve (src/web.py:1)") for n in range(5)), group(1, "charge (src/pay.py:42)")]
    for groups in (deep, rare):
        assert not judge(deploy("v2", -300, "src/pay.py"), groups=groups)[0][0].suspect


@pytest.mark.parametrize(("before", "suspect"), [(0, True), (18, True), (19, False), (400, False)])
def test_only_errors_that_rose_accuse_by_their_frames(before: int, suspect: bool) -> None:
    """What always fails stands in a file too; 9 in the window against 18 in a baseline four times as long has doubled."""
    usual = replace(group(9, "charge (src/pay.py:42)"), baseline_count=before)
    assert judge(deploy("v2", -300, "src/pay.py"), groups=[usual])[0][0].suspect is suspect


def test_the_version_on_the_failing_lines_makes_a_deploy_suspect() -> None:
    """With its share of the errors against its share of all lines."""
    fields = [field("service.version", v1=(3, 900), v2=(97, 100))]
    newest, oldest = judge(deploy("v2", -300), deploy("v1", -900), fields=fields, groups=[group(100)])[0]
    assert newest.reasons[1:] == ("97 % of failing lines carry version v2, 10 % of all lines do",)
    assert (newest.suspect, oldest.suspect) == (True, False)


def test_a_version_that_every_line_carries_is_said_to_be_on_every_line() -> None:
    """Then it tells little, and the words say so."""
    changes, _ = judge(deploy("v2", -300), fields=[field("release", v2=(50, 1000))])
    assert changes[0].reasons[1] == "100 % of failing lines carry version v2, as all lines do"


def test_errors_that_carry_no_version_count_against_it() -> None:
    """Nine lines in a hundred are not "the failing lines"."""
    assert not judge(deploy("v2", -300), fields=[field("version", v2=(9, 9))], groups=[group(100)])[0][0].suspect


@pytest.mark.parametrize(
    ("name", "value", "is_it"),
    [
        ("version", "v214", True),
        ("version", "214", True),
        ("attributes.service.version", "V214", True),
        ("release", "checkout@v214", True),
        ("k8s.image", "registry.example/checkout:v214", True),
        ("git_sha", "abcdef0", True),
        ("gitSha", "abcdef0123456789", True),
        ("image.tag", "v214-abcdef01", True),
        ("version", "v2140", False),
        ("version", "abcdef9", False),
        ("version", "abc", False),
        ("customer", "v214", False),
    ],
)
def test_versions_are_recognised_by_name_or_by_the_beginning_of_the_revision(
    name: str, value: str, is_it: bool
) -> None:
    """Under every usual field, written every usual way; a longer or shorter one is another."""
    source = Deploy("abcdef0123456789" + "0" * 24, "v214", "", "", minutes(-300))
    assert judge(source, fields=[field(name, **{value: (9, 9)})])[0][0].suspect is is_it


def test_the_suspect_with_more_kinds_of_evidence_is_the_one_to_undo() -> None:
    """Newer is only the second criterion."""
    proven, recent = deploy("v1", -20, "src/pay.py"), deploy("v2", -3, "docs/x.md")
    _, following = judge(recent, proven, deploy("v0", -900), groups=[group(9, "charge (src/pay.py:42)")])
    assert following.deploy is not None
    assert following.previous is not None
    assert (following.deploy.name, following.previous.name) == ("v1", "v0")
    assert [change.name for change in following.later] == ["v2"]


def test_of_equal_suspects_the_newest_is_undone() -> None:
    """It is the shorter way back."""
    _, following = judge(deploy("v2", -3), deploy("v1", -20))
    assert following.deploy
    assert following.deploy.name == "v2"


@pytest.mark.parametrize(
    ("ages", "expected"),
    [((5, -100, -200), "-100"), ((5, 3), "5"), ((-100,), "-100")],
)
def test_without_a_suspect_the_newest_before_the_onset_is_undone_else_the_newest(
    ages: tuple[int, ...], expected: str
) -> None:
    """A rollback goes back to before the trouble began."""
    _, following = judge(*(deploy(str(age), age) for age in ages))
    assert following.deploy
    assert following.deploy.name == expected


def test_previous_is_another_revision_of_the_same_environment() -> None:
    """Rolling back to a second tag of the same commit would change nothing; to staging's, something else."""
    v2 = deploy("v2", -3, environment="prod")
    again = Deploy(v2.revision, "v2-rc", "", "", minutes(-4), "prod", commits=1)
    older = [again, deploy("v1s", -5, environment="staging"), deploy("v1", -60, environment="prod")]
    _, following = judge(v2, *older)
    assert following.previous
    assert following.previous.name == "v1"
    assert following.later == ()


@pytest.mark.parametrize(
    ("since", "rollbacks", "undone", "then"),
    [
        ([], [minutes(5)], ["v3"], "v2"),
        ([], [minutes(5), minutes(20)], ["v3", "v2"], None),
        ([("v2", 7)], [minutes(5)], ["v3"], "v2"),
        ([("v4", 9)], [minutes(5)], ["v3"], "v4"),
        ([("v3", 9)], [minutes(5)], ["v3"], "v3"),
    ],
    ids=["another suspect", "no other suspect", "the rollback itself is listed", "shipped since", "shipped again"],
)
def test_what_was_rolled_back_is_not_proposed_again(since, rollbacks, undone, then) -> None:
    """A second rollback needs a reason of its own: another suspect, or what shipped since."""
    known = [deploy("v3", -3), deploy("v2", -20), deploy("v1", -600)]
    by_name = {one.name: one for one in known}
    later = [replace(by_name.get(name, deploy(name, at)), at=minutes(at)) for name, at in since]
    _, following = judge(*known, *later, rollbacks=rollbacks)
    assert [change.name for change in following.undone] == undone
    assert (following.deploy.name if following.deploy else None) == then


def test_what_shipped_after_the_suspect_was_rolled_back_with_it() -> None:
    """Going back to what ran before the suspect took the later one away as well."""
    suspect = deploy("v2", -20, "src/pay.py")
    _, following = judge(deploy("v3", -3), suspect, groups=[group(9, "charge (src/pay.py:42)")], rollbacks=[minutes(5)])
    assert [change.name for change in following.undone] == ["v3", "v2"]
    assert following.deploy is None


def test_nothing_that_shipped_leaves_nothing_to_undo() -> None:
    """An empty deploy log proves that; the commits in it are then no deploys."""
    _, following = judge(commits=[commit(-3)])
    assert (following.deploy, following.previous, following.hazards) == (None, None, ())
    assert following.rollback_at == AT + timedelta(minutes=15)


def test_with_unproven_commits_only_the_newest_before_the_onset_is_named_as_unproven() -> None:
    """The call is made all the same, and says what it does not know."""
    changes, following = judge(
        commits=[commit(2), commit(-4, "src/pay.py"), commit(-50)], proves=False, groups=[group(9, "x (src/pay.py:1)")]
    )
    assert not any(change.suspect for change in changes)
    assert {change.shipped for change in changes} == {"unproven"}
    assert following.deploy == changes[1]
    assert following.deploy.reasons == (
        "merged, not proven shipped",
        "changed src/pay.py, which stands in the top frames",
    )
    assert following.previous == changes[2]


def test_a_shipped_commit_is_listed_as_shipped_and_not_as_a_reason() -> None:
    """Its deploy is what stands accused."""
    changes, _ = judge(deploy("v1", -3), commits=[commit(-5, shipped=True), commit(-2)])
    assert [(change.shipped, change.reasons) for change in changes[1:]] == [("unproven", ()), ("yes", ())]


def test_hazards_are_those_of_the_deploy_and_of_everything_after_it() -> None:
    """A rollback takes the later ones back too."""
    _, following = judge(
        deploy("v2", 2, "config/prod.yaml"),
        deploy("v1", -3, "db/migrations/7_add.sql"),
        deploy("v0", -90, "settings.py"),
    )
    assert following.hazards == (
        "database migration: db/migrations/7_add.sql",
        "configuration change: config/prod.yaml",
    )


def test_unknown_files_are_a_hazard() -> None:
    """Not knowing of a migration is not knowing that there is none."""
    _, following = judge(Deploy("abc", "v1", "", "", minutes(-3)))
    assert following.hazards == ("the changed files are not known: check for migrations",)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("db/migrate/20260302_add_price.rb", "database migration"),
        ("shop/migrations/0007_price.py", "database migration"),
        ("prisma/migrations/1/migration.sql", "database migration"),
        ("src/main/resources/db/migration/V7__price.sql", "database migration"),
        ("alembic/versions/7.py", "database migration"),
        ("schema.sql", "database migration"),
        ("config/settings.yml", "configuration change"),
        ("src/main/resources/application-prod.properties", "configuration change"),
        (".env.production", "configuration change"),
        ("Dockerfile", "configuration change"),
        ("deploy/kubernetes/web.yaml", "configuration change"),
        ("helm/shop/values.yaml", "configuration change"),
        ("chart-of-shop/values.production.yml", "configuration change"),
        ("infra/main.tf", "configuration change"),
        ("shop/settings.py", "configuration change"),
    ],
)
def test_what_makes_a_rollback_unsafe_is_named(path: str, kind: str) -> None:
    """Every usual place for schema and configuration."""
    assert find_hazards([path]) == (f"{kind}: {path}",)


@pytest.mark.parametrize(
    "path",
    """
    src/pay.py tests/migrations/test_7.py docs/config.yaml .github/workflows/ci.yml package.json src/configure.py
    shop/migrations/__init__.py src/immigration/visa.py README.md src/conference.ts data/countries.json
    bot/logs/fast/values.py src/application.js
    """.split(),  # noqa: SIM905 - a list of paths reads better as words
)
def test_ordinary_files_are_no_hazard(path: str) -> None:
    """Crying wolf would teach people not to read hazards."""
    assert find_hazards([path]) == ()


def test_many_hazards_are_counted_and_two_named() -> None:
    """A phone has no room for forty paths."""
    assert find_hazards([f"migrations/{n}.py" for n in range(5)]) == (
        "5 database migrations: migrations/0.py, migrations/1.py and 3 more",
    )


@pytest.mark.parametrize(
    ("path", "frame"),
    [
        ("src/pay.py", "charge (src/pay.py:42)"),
        ("src/pay.py", "charge (/srv/app/src/pay.py:42)"),
        ("services/pay/src/pay.py", "charge (/app/src/pay.py:42)"),
        ("src/pay.py", "charge (pay.py:42)"),
        ("pay.py", "charge (/srv/app/pay.py:42)"),
        ("src/pay.js", "at charge (/app/src/pay.js:42:13)"),
        ("src/pay.js", "Pay.charge (file:///app/src/pay.js:42)"),
        ("src\u00e4/pay.rb", "charge (/app/src\u00e4/pay.rb:3)"),
        ("app/src/main/java/com/acme/Pay.java", "com.acme.Pay.charge (Pay.java:42)"),
        ("Shop/Pay.cs", "Shop.Pay.Charge() (C:\\build\\Shop\\Pay.cs:42)"),
        ("internal/pay/pay.go", "acme.example/shop/internal/pay.Charge (/src/internal/pay/pay.go:42)"),
    ],
)
def test_a_file_is_found_in_frames_of_every_language(path: str, frame: str) -> None:
    """Servers keep code elsewhere than repositories do; the ends of the paths agree."""
    assert standing_in([path], [frame]) == (path,)


@pytest.mark.parametrize(
    ("path", "frame"),
    [
        ("src/pay.py", "charge (/srv/app/src/repay.py:42)"),
        ("src/pay.py", "charge (/srv/app/lib/pay.py:42)"),
        ("main.py", "serve (/usr/lib/python3/site-packages/uvicorn/main.py:3)"),
        ("src/index.js", "next (/app/node_modules/express/src/index.js:3)"),
        ("src/main/java/com/acme/Pay.java", "org.other.Pay.charge (Pay.java:42)"),
        ("src/pay.py", "native code"),
        ("src/pay.py", ""),
    ],
)
def test_another_file_of_the_same_name_is_not_taken_for_it(path: str, frame: str) -> None:
    """A false accusation costs more than a missed one."""
    assert standing_in([path], [frame]) == ()
