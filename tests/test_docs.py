"""The documentation is complete and true where a machine can tell: every name is there, every link leads somewhere."""

import inspect
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from bot import errors
from bot.cli import fifteen
from bot.incident.grammar import _SAME, VERBS
from bot.sandbox.control import ACTIONS
from bot.sandbox.faults import KNOWN
from bot.sandbox.observe import VIEWS_OF_IT
from bot.settings import (
    DeployLogSettings,
    FileLogSettings,
    GitDeploySettings,
    MaySettings,
    ServiceSettings,
    Settings,
    load,
)
from bot.telemetry import metrics
from bot.triage import report, summary

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
ADRS = sorted((DOCS / "adr").glob("*.md"))
ADR_LINES_MAX = 40
PICTURE_BYTES_MAX = 300_000

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def page(name: str) -> str:
    """Return the text of a page in docs/."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def rows(text: str) -> str:
    """Return the first cells of a page's tables, where names are defined."""
    return "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| "))


def fences(path: Path, language: str) -> list[str]:
    """Return the blocks of a page in one language, without the indentation of a list they stand in."""
    found = _FENCE.findall(path.read_text(encoding="utf-8"))
    return [inspect.cleandoc(body) for kind, body in found if kind == language]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def options() -> Iterator[tuple[str, str]]:
    """Yield (command, option) for everything the command line takes."""
    for name, command in fifteen.commands.items():
        for parameter in command.params:
            for option in parameter.opts if isinstance(parameter, click.Option) else ():
                yield name, option


@pytest.mark.parametrize("command", sorted(fifteen.commands))
def test_every_command_is_documented(command: str) -> None:
    """Each command of `fifteen` has a row."""
    assert f"`fifteen {command}" in rows(page("commands"))


@pytest.mark.parametrize(("command", "option"), sorted(options()))
def test_every_option_is_documented(command: str, option: str) -> None:
    """Each option has a row in the section of its command."""
    sections = [part for part in page("commands").split("\n### ") if f"`fifteen {command}" in part.splitlines()[0]]
    assert sections, f"no section on fifteen {command}"
    assert re.search(rf"`{option}[ `]", rows(sections[0]))


def test_no_option_is_documented_that_is_none() -> None:
    """Options that were removed leave the page."""
    documented = set(re.findall(r"^\| `(--[\w-]+)", page("commands"), re.MULTILINE))
    assert documented == {option for _, option in options()}


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_every_verb_is_documented_in_its_form(verb) -> None:
    """Each verb of /incident has a row that shows its form."""
    assert f"`{verb.form}`" in rows(page("commands"))


def test_no_verb_is_documented_that_is_none() -> None:
    """Verbs that were removed leave the page."""
    assert set(re.findall(r"^\| `/incident (\w+)", page("commands"), re.MULTILINE)) == set(VERBS)


@pytest.mark.parametrize("word", sorted(filter(None, _SAME)))
def test_every_other_word_for_a_verb_is_documented(word: str) -> None:
    """Synonyms stand below the table."""
    assert f"`{word}`" in page("commands")


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("## Top level", Settings),
        ("## `[service.NAME]`", ServiceSettings),
        ("## `[may]` and `[service.NAME.may]`", MaySettings),
        ("## `[service.NAME.logs]`", FileLogSettings),
        ('## `[service.NAME.deploys]`, `kind = "git"`', GitDeploySettings),
        ('## `[service.NAME.deploys]`, `kind = "file"`', DeployLogSettings),
    ],
)
def test_every_setting_is_documented(heading: str, model) -> None:
    """Each section's table has exactly the keys of its model."""
    section = page("configuration").split(f"\n{heading}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(model.model_fields)


def test_the_whole_file_shows_every_setting(tmp_path: Path) -> None:
    """The example in docs/configuration.md sets each key at least once."""
    sample = tomllib.loads(fences(DOCS / "configuration.md", "toml")[0])
    services = list(sample["service"].values())
    kinds = {service["deploys"]["kind"]: service["deploys"] for service in services}
    assert set(sample) == set(Settings.model_fields)
    assert set(services[0]) == set(ServiceSettings.model_fields)
    assert set(sample["may"]) == set(MaySettings.model_fields)
    assert set(services[0]["logs"]) == set(FileLogSettings.model_fields)
    assert set(kinds["git"]) == set(GitDeploySettings.model_fields)
    assert set(kinds["file"]) == set(DeployLogSettings.model_fields)


def toml_samples() -> Iterator[tuple[str, str]]:
    """Yield every TOML block of the documentation, and the file that is shipped."""
    yield "deploy/fifteen.toml", (ROOT / "deploy" / "fifteen.toml").read_text(encoding="utf-8")
    for path in PAGES:
        for number, sample in enumerate(fences(path, "toml"), 1):
            yield f"{path.name}-{number}", sample


@pytest.mark.parametrize("sample", [pytest.param(text, id=name) for name, text in toml_samples()])
def test_every_sample_configuration_can_be_read(sample: str, tmp_path: Path) -> None:
    """What is printed to be copied is accepted."""
    path = tmp_path / "fifteen.toml"
    path.write_text(sample, encoding="utf-8")
    assert load(path).service


def environment_variables() -> set[str]:
    """Return what the sources read from the environment by a name that is Fifteen's or Slack's."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    return set(re.findall(r'"((?:SLACK|FIFTEEN)_[A-Z_]+)"', text))


@pytest.mark.parametrize("variable", sorted(environment_variables()))
def test_every_environment_variable_is_documented(variable: str) -> None:
    """Each variable is named in docs/configuration.md."""
    assert f"`{variable}`" in page("configuration")


def declared_metrics() -> set[str]:
    """Return the names of our metrics, as Prometheus shows them."""
    ours = {metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)}
    shown = {family.name: family.type for family in REGISTRY.collect()}
    names = {metric.describe()[0].name for metric in ours}
    return {f"{name}_total" if shown[name] == "counter" else name for name in names}


def test_every_metric_is_documented_and_no_other() -> None:
    """The table of docs/operations.md is the list of metrics."""
    assert set(re.findall(r"^\| `(fifteen_\w+)`", page("operations"), re.MULTILINE)) == declared_metrics()


@pytest.mark.parametrize(
    "error",
    [name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, errors.BotError)],
)
def test_every_error_is_documented(error: str) -> None:
    """Each class of bot/errors.py has a row."""
    assert f"`{error}`" in rows(page("configuration"))


def test_every_field_of_the_report_is_documented() -> None:
    """docs/report.md names each key that `as_json` writes, whatever the report holds."""
    written = set(re.findall(r'"(\w+)":', inspect.getsource(report)))
    assert {"version", "onset_interval", "example_id", "rollback_at", "since_previous_ms"} <= written
    assert {key for key in written if not re.search(rf"\b{key}\b", page("report"))} == set()


@pytest.mark.parametrize("verdict", list(summary.Verdict))
def test_every_verdict_is_explained(verdict: str) -> None:
    """docs/findings.md says when each verdict of the scope is given."""
    assert re.search(rf"^\| {verdict} \|", page("findings"), re.MULTILINE)


@pytest.mark.parametrize("name", [*ACTIONS, *(f"{what}" for what in VIEWS_OF_IT), "stream"])
def test_every_endpoint_of_the_sandbox_is_documented(name: str) -> None:
    """Each control and observation has a row."""
    assert f"`/_sandbox/{name}" in rows(page("sandbox"))


@pytest.mark.parametrize("fault", sorted(KNOWN))
def test_every_fault_of_the_sandbox_is_documented(fault: str) -> None:
    """Each fault has a row."""
    assert f"`{fault}`" in rows(page("sandbox"))


def links() -> Iterator[tuple[Path, str]]:
    """Yield every link of the documentation that stays in the repository."""
    for path in PAGES:
        for target in _LINK.findall(_FENCE.sub("", path.read_text(encoding="utf-8"))):
            if not re.match(r"[a-z]+:", target):
                yield path, target


@pytest.mark.parametrize(("path", "target"), [pytest.param(*link, id=f"{link[0].name}-{link[1]}") for link in links()])
def test_every_link_leads_somewhere(path: Path, target: str) -> None:
    """Files exist; so do the headings that anchors name."""
    file, _, anchor = target.partition("#")
    there = (path.parent / file).resolve() if file else path
    assert there.exists()
    assert not anchor or anchor in anchors(there)


def cited_tests() -> Iterator[str]:
    """Yield every test that the pages of promises name, as file or file::name; the file without tests/."""
    for name in ("security", "reliability"):
        yield from re.findall(r"`([\w/]+\.py(?:::test_\w+)?)`", page(name))


@pytest.mark.parametrize("cited", sorted(set(cited_tests())))
def test_every_test_that_a_promise_names_exists(cited: str) -> None:
    """A promise whose proof was renamed or removed is noticed."""
    file, _, name = cited.partition("::")
    wanted = rf"^def {name}\(" if name else "^def test_"
    assert re.search(wanted, (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_every_attack_is_answered_by_a_test() -> None:
    """Each row of the table of attacks names a test, or says why there is nothing to attack."""
    table = page("security").split("\n## Attacks\n")[1].split("\n## ")[0]
    attacks = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert attacks
    assert [line for line in attacks if "::test_" not in line and "does not apply" not in line] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    """No page of the guide is an orphan; the decisions are reached by their folder."""
    linked = {(ROOT / target).resolve() for path, target in links() if path == ROOT / "README.md"}
    assert set(DOCS.glob("*.md")) <= linked
    assert DOCS / "adr" in linked


def test_decisions_are_numbered_without_a_gap() -> None:
    """NNNN-title.md, from 0001; the heading carries the same number."""
    assert [path.name[:4] for path in ADRS] == [f"{number:04d}" for number in range(1, len(ADRS) + 1)]
    for path in ADRS:
        assert re.fullmatch(r"\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md", path.name)
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]}. ")


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_says_why_and_what_was_rejected(path: Path) -> None:
    """Four sections, in order, in fewer than 40 lines."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Rejected", "Consequences"]
    assert len(text.splitlines()) < ADR_LINES_MAX


def test_decisions_named_in_the_code_exist() -> None:
    """A comment that points to docs/adr/NNNN points to something."""
    files = [ROOT / "pyproject.toml", *(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]
    named = {number for file in files for number in re.findall(r"docs/adr/(\d{4})", file.read_text(encoding="utf-8"))}
    assert named <= {path.name[:4] for path in ADRS}


def readme_commands() -> Iterator[list[str]]:
    """Yield the commands of the README's shell blocks and of its inline `fifteen ...`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in fences(ROOT / "README.md", "sh"):
        yield from (words for line in block.splitlines() if (words := shlex.split(line, comments=True)))
    yield from (shlex.split(found) for found in re.findall(r"`(\.venv/bin/fifteen [^`]+)`", text))


@pytest.mark.parametrize("words", list(readme_commands()), ids=" ".join)
def test_every_command_of_the_readme_exists(words: list[str]) -> None:
    """Targets are in the Makefile; commands and options of fifteen are known."""
    if words[0] == "make":
        phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert phony is not None
        assert set(words[1:]) <= set(phony[1].split())
    elif words[0] == "export":
        assert words[1].partition("=")[0] in environment_variables()
    else:
        assert words[0] == ".venv/bin/fifteen"
        command = fifteen.commands[words[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_the_picture_is_small_and_is_kept() -> None:
    """A phone loads the README too; git has the picture, or nobody else sees it."""
    picture = DOCS / "images" / "channel.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < PICTURE_BYTES_MAX
    ignored = subprocess.run(["git", "check-ignore", "-q", str(picture)], cwd=ROOT, check=False)
    assert ignored.returncode != 0
