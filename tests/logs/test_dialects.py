"""Every dialect and layout, as its library writes it, alone and in every wrapper."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from bot.logs.decode import look
from bot.logs.dialect import BY_NAME
from bot.logs.entry import Entry
from bot.logs.format import Format, forced
from bot.logs.ids import ids_of
from bot.logs.record import Record
from bot.logs.scan import entries
from bot.logs.severity import Severity
from bot.logs.times import Reckoning, from_microseconds
from bot.settings import DialectName
from tests.logs.dialect_lines import SAMPLES, TEXTS, WRAPPERS, Sample

AT = datetime(2026, 11, 23, 13, 52, 0, 123000, tzinfo=UTC)
RECKONING = Reckoning(until=datetime(2026, 11, 23, 15, tzinfo=UTC))
ALL = {**SAMPLES, **TEXTS}


def scan(*lines: str, form: Format | None = None) -> list[Entry]:
    """Return the entries of lines, in the order of the lines."""
    raw = [line.encode() for line in lines]
    form = look(raw, forced(None, RECKONING)) if form is None else form
    return sorted(entries(enumerate(raw), lambda _at, _raw: True, form), key=lambda entry: entry.offset)


def both(sample: Sample) -> tuple[Entry, Record, Entry, Record]:
    """Return entry and record of both lines of a sample."""
    fine, failed = scan(sample.fine, sample.failed)
    assert fine.record is not None
    assert failed.record is not None
    return fine, fine.record, failed, failed.record


@pytest.mark.parametrize("name", ALL)
def test_a_dialect_is_read_as_its_library_means_it(name: str) -> None:
    """Time, severity, message, service, exception and id."""
    sample = ALL[name]
    fine, good, failed, bad = both(sample)
    assert [entry.at_us is not None and abs(from_microseconds(entry.at_us) - AT) for entry in (fine, failed)] < [
        timedelta(milliseconds=200), timedelta(milliseconds=1200),
    ]  # fmt: skip
    assert (good.is_error, bad.is_error) == (False, True)
    said = sample.said
    assert bad.message == said.message
    assert (bad.severity.name if bad.severity else "") == said.severity
    if said.service:
        assert bad.service == said.service
    exception = bad.exception
    assert (exception.type if exception else "") == said.kind
    assert (exception.frames[0] if exception and exception.frames else "") == said.frame
    assert not said.trace_id or ids_of(bad.fields)[0] == said.trace_id
    assert (fine.naive, failed.naive) == (sample.naive, sample.naive)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_dialect_of_a_file_is_found_by_looking(name: str) -> None:
    """With confidence, where all lines speak it."""
    sample = SAMPLES[name]
    found = look([sample.fine.encode(), sample.failed.encode()] * 3)
    assert found.dialect.name == (sample.read_as or found.dialect.name)
    assert sample.read_as in {"", "json"} or found.confidence == 1


def test_the_configuration_knows_every_dialect() -> None:
    """By its name; a log that is not what it looks like can be told what it is."""
    assert set(get_args(DialectName)) == set(BY_NAME)
    number = b'{"version":"1","host":"h","short_message":"x","level":40,"time":1795441921123}'
    form = look([number], forced(BY_NAME["pino"], Reckoning()))
    assert (form.dialect.name, form.confidence) == ("pino", 1)
    (found,) = entries([(0, number)], lambda _at, _raw: True, form)
    assert found.record is not None
    assert found.record.severity is Severity.WARN


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("name", ALL)
def test_a_wrapper_changes_nothing_of_what_is_inside(name: str, wrapper: str) -> None:
    """Wrappers first, then what is inside; its own time counts, unless its zone is a guess."""
    sample = ALL[name]
    if wrapper == "docker logs -t" and not sample.fine.startswith("{"):
        return  # a time before a time is a layout of its own
    alone = scan(sample.fine, sample.failed)
    inside = scan(WRAPPERS[wrapper](sample.fine, 0), WRAPPERS[wrapper](sample.failed, 1))
    for one, other in zip(alone, inside, strict=True):
        assert one.record is not None
        assert other.record is not None
        assert (other.record.message, other.record.is_error, other.record.exception) == (
            one.record.message, one.record.is_error, one.record.exception,
        )  # fmt: skip
        assert other.at_us is not None
        assert one.at_us is not None
        assert sample.naive or other.at_us == one.at_us
        assert abs(other.at_us - one.at_us) < 1_000_000
