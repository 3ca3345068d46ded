"""The small language that Block Kit's rules are written in: a rule looks at a value and names what is wrong with it.

A problem is {"pointer", "code", "message"}, as blocks.validate answers it; pointers are JSON pointers.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Problem = dict[str, str]
Rule = Callable[[Any, str], Iterator[Problem]]

FAILED, MISSING, UNKNOWN = "failed_constraint", "missing_field", "unknown_field"
WRONG_TYPE, UNSUPPORTED, DUPLICATE = "wrong_type", "unsupported_type", "duplicate_id"


def problem(pointer: str, code: str, message: str) -> Problem:
    """Return one problem."""
    return {"pointer": pointer, "code": code, "message": message}


def string(most: int = 3000, least: int = 1, prefixes: tuple[str, ...] = ()) -> Rule:
    """A string of so many characters, and where asked for with one of the beginnings."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield problem(pointer, WRONG_TYPE, "must provide a string")
        elif len(value) < least:
            yield problem(pointer, FAILED, f"must be more than {least - 1} characters")
        elif len(value) > most:
            yield problem(pointer, FAILED, f"must be less than {most + 1} characters")
        elif prefixes and not value.startswith(prefixes):
            yield problem(pointer, FAILED, f"must begin with one of {', '.join(prefixes)}")

    return check


def one_of(*allowed: Any) -> Rule:
    """One of a few values."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if value not in allowed:
            yield problem(pointer, FAILED, f"must be one of {', '.join(map(str, allowed))}")

    return check


def boolean(value: Any, pointer: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield problem(pointer, WRONG_TYPE, "must provide a boolean")


def integer(least: int = 0, most: int = 10**12) -> Rule:
    """A whole number within bounds."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield problem(pointer, WRONG_TYPE, "must provide an integer")
        elif not least <= value <= most:
            yield problem(pointer, FAILED, f"must be between {least} and {most}")

    return check


def anything(value: Any, pointer: str) -> Iterator[Problem]:
    """Whatever it is, the sandbox does not look inside."""
    del value, pointer
    yield from ()


def array(item: Rule, most: int, least: int = 1) -> Rule:
    """A list of so many items, each of which follows a rule."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield problem(pointer, WRONG_TYPE, "must provide an array")
            return
        if len(value) < least:
            yield problem(pointer, FAILED, f"no fewer than {least} items allowed")
        if len(value) > most:
            yield problem(pointer, FAILED, f"no more than {most} items allowed [items: {len(value)}]")
        for index, entry in enumerate(value):
            yield from item(entry, f"{pointer}/{index}")

    return check


def obj(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *also: Rule) -> Rule:
    """An object with these fields and no others; `also` are rules about the whole of it."""
    known = {**(optional or {}), **required}

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield problem(pointer, WRONG_TYPE, "must provide an object")
            return
        for key in required:
            if key not in value:
                yield problem(pointer, MISSING, f"missing required field: {key}")
        for key, entry in value.items():
            if key not in known:
                yield problem(f"{pointer}/{key}", UNKNOWN, f"invalid additional property: {key}")
            else:
                yield from known[key](entry, f"{pointer}/{key}")
        for rule in also:
            yield from rule(value, pointer)

    return check


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule it follows."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            yield problem(pointer, WRONG_TYPE, "must provide an object")
        elif kind is None:
            yield problem(pointer, MISSING, "missing required field: type")
        elif not isinstance(kind, str) or kind not in rules:
            yield problem(f"{pointer}/type", UNSUPPORTED, f"unsupported type: {kind} (there are: {', '.join(rules)})")
        else:
            yield from rules[kind](value, pointer)

    return check


def at_least_one(*keys: str) -> Rule:
    """One of the fields must be there."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if not any(key in value for key in keys):
            yield problem(pointer, MISSING, f"must define one of: {', '.join(keys)}")

    return check


def exactly_one(*keys: str) -> Rule:
    """One of the fields must be there, and no other of them."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        if sum(key in value for key in keys) != 1:
            yield problem(pointer, FAILED, f"must define exactly one of: {', '.join(keys)}")

    return check


def chosen_from_options(value: Any, pointer: str) -> Iterator[Problem]:
    """What is chosen at first is among the options, letter for letter."""
    groups = value.get("option_groups")
    lists = [value.get("options")]
    lists += [group.get("options") for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []
    options = [option for entries in lists if isinstance(entries, list) for option in entries]
    initial = value.get("initial_options")
    for option in [*(initial if isinstance(initial, list) else ()), value.get("initial_option")]:
        if option is not None and option not in options:
            yield problem(pointer, FAILED, "the initial option must be one of the options")


def unique(key: str, pick: Callable[[Any], list[tuple[str, Any]]]) -> Rule:
    """No two of the picked (pointer suffix, object) pairs carry the same id."""

    def check(value: Any, pointer: str) -> Iterator[Problem]:
        seen = set()
        for suffix, entry in pick(value):
            name = entry.get(key) if isinstance(entry, dict) else None
            if isinstance(name, str) and name in seen:
                yield problem(f"{pointer}{suffix}/{key}", DUPLICATE, f"{key} {name!r} already exists")
            elif isinstance(name, str):
                seen.add(name)

    return check


def items_of(key: str) -> Callable[[Any], list[tuple[str, Any]]]:
    """Pick the entries of a list field, for `unique`."""

    def pick(value: Any) -> list[tuple[str, Any]]:
        entries = value.get(key)
        return [(f"/{key}/{i}", entry) for i, entry in enumerate(entries)] if isinstance(entries, list) else []

    return pick
