"""OTLP/JSON: one line is a batch of log records, by resource and scope (opentelemetry-proto, logs.proto)."""

from collections.abc import Iterator, Mapping
from typing import Any

DEPTH_MAX = 8
"""Lists and maps within the value of an attribute that are followed."""

_NUMBER_PREFIX = "SEVERITY_NUMBER_"


def is_batch(fields: Mapping[str, Any]) -> bool:
    """Tell whether an object holds records of OTLP."""
    return any(isinstance(fields.get(name), list) for name in ("resourceLogs", "scopeLogs", "logRecords"))


def records(batch: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the records of a batch, each with the attributes of its resource, its scope and its own under their names."""
    for of_resource in _dicts(batch.get("resourceLogs")) or [dict(batch)]:
        about = _attributes(_dict(of_resource.get("resource")).get("attributes"))
        scopes = (
            _dicts(of_resource.get("scopeLogs"))
            or _dicts(of_resource.get("instrumentationLibraryLogs"))
            or [of_resource]
        )
        for of_scope in scopes:
            scope = _dict(of_scope.get("scope")).get("name")
            for record in _dicts(of_scope.get("logRecords")):
                yield {**about, **({"scope": scope} if scope else {}), **opened(record)}


def opened(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return one record with its attributes under their own names and its body as a plain value."""
    fields = {name: value for name, value in record.items() if name not in {"attributes", "body"}}
    number = fields.get("severityNumber")
    if isinstance(number, str) and number.startswith(_NUMBER_PREFIX):
        fields["severityNumber"] = number.removeprefix(_NUMBER_PREFIX).rstrip("1234")
    if number in (0, "0", "SEVERITY_NUMBER_UNSPECIFIED"):
        del fields["severityNumber"]
    return {**_attributes(record.get("attributes")), **fields, "body": _value(record.get("body"))}


def _attributes(found: Any) -> dict[str, Any]:
    if isinstance(found, dict):
        return found
    return {item["key"]: _value(item.get("value")) for item in _dicts(found) if isinstance(item.get("key"), str)}


def _value(found: Any, depth: int = 0) -> Any:
    """Return what an AnyValue holds."""
    if not isinstance(found, dict) or depth > DEPTH_MAX:
        return None if isinstance(found, dict) else found
    for name, value in found.items():
        if name == "kvlistValue":
            items = _dicts(_dict(value).get("values"))
            return {
                item["key"]: _value(item.get("value"), depth + 1) for item in items if isinstance(item.get("key"), str)
            }
        if name == "arrayValue":
            return [_value(item, depth + 1) for item in _dicts(_dict(value).get("values"))]
        if name == "intValue" and isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 20:
            return int(value)
        if name.endswith("Value"):
            return value
    return None


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _dict(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}
