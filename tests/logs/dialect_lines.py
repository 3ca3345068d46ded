"""Lines as each library really writes them: for each dialect one that is fine and one that failed, with what they say.

All of them were written at 2026-11-23 13:52:00.123 UTC (the fine one) and a second later.
"""

import json
from typing import Any, NamedTuple

JAVA = (
    "java.lang.IllegalStateException: no charge\n\tat com.acme.Pay.charge(Pay.java:10)\n"
    "\tat com.acme.Web.post(Web.java:33)\nCaused by: java.io.IOException: reset\n\t... 2 more"
)
PYTHON = (
    'Traceback (most recent call last):\n  File "/app/pay.py", line 9, in charge\n    raise ValueError("no charge")\n'
    "ValueError: no charge"
)
NODE = "TypeError: no charge\n    at charge (/app/pay.js:10:5)\n    at checkout (/app/routes.js:33:9)"
DOTNET = "System.InvalidOperationException: no charge\n   at Acme.Pay.Charge(Int32 id) in /src/Pay.cs:line 12"
GO = "main.charge\n\t/app/pay.go:10\nmain.main\n\t/app/main.go:33"


class Said(NamedTuple):
    """What a failing line says."""

    message: str = "charge failed"
    service: str = ""
    kind: str = ""
    frame: str = ""
    trace_id: str = ""
    severity: str = "ERROR"


class Sample(NamedTuple):
    """Two lines of a dialect."""

    fine: str
    failed: str
    said: Said
    read_as: str = ""
    naive: bool = False


def _json(*records: dict[str, Any]) -> list[str]:
    return [json.dumps(record) for record in records]


def _otlp(nanos: str, number: int, body: str, *attributes: tuple[str, str]) -> dict[str, Any]:
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "pay"}}]},
                "scopeLogs": [
                    {
                        "scope": {"name": "com.acme.Pay"},
                        "logRecords": [
                            {
                                "timeUnixNano": nanos,
                                "severityNumber": number,
                                "body": {"stringValue": body},
                                "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in attributes],
                                "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
                                "spanId": "00f067aa0ba902b7",
                            }
                        ],
                    }
                ],
            }
        ]
    }


SAMPLES: dict[str, Sample] = {
    "pino": Sample(
        *_json(
            {"level": 30, "time": 1795441920123, "pid": 7, "hostname": "web-1", "name": "pay", "msg": "charged"},
            {
                "level": 50, "time": 1795441921123, "pid": 7, "hostname": "web-1", "name": "pay", "reqId": "req-1",
                "err": {"type": "TypeError", "message": "no charge", "stack": NODE}, "msg": "charge failed",
            },
        ),
        Said(service="pay", kind="TypeError", frame="charge (/app/pay.js:10)", trace_id="req-1"),
    ),
    "pino without base, isoTime": Sample(
        *_json(
            {"level": 30, "time": "2026-11-23T13:52:00.123Z", "msg": "charged"},
            {"level": 50, "time": "2026-11-23T13:52:01.123Z", "msg": "charge failed"},
        ),
        Said(), "logrus",
    ),
    "bunyan": Sample(
        *_json(
            {"name": "pay", "hostname": "web-1", "pid": 7, "level": 30, "msg": "charged", "time": "2026-11-23T13:52:00.123Z", "v": 0},
            {
                "name": "pay", "hostname": "web-1", "pid": 7, "level": 50, "req_id": "req-1",
                "err": {"message": "no charge", "name": "TypeError", "stack": NODE}, "msg": "charge failed",
                "time": "2026-11-23T13:52:01.123Z", "v": 0,
            },
        ),
        Said(service="pay", kind="TypeError", frame="charge (/app/pay.js:10)", trace_id="req-1"),
    ),
    "winston": Sample(
        *_json(
            {"level": "info", "message": "charged", "timestamp": "2026-11-23T13:52:00.123Z"},
            {"level": "error", "message": "charge failed", "stack": NODE, "timestamp": "2026-11-23T13:52:01.123Z"},
        ),
        Said(kind="TypeError", frame="charge (/app/pay.js:10)"),
    ),
    "zap": Sample(
        *_json(
            {"level": "info", "ts": 1795441920.123, "caller": "pay/pay.go:9", "msg": "charged"},
            {
                "level": "error", "ts": 1795441921.123, "logger": "pay", "caller": "pay/pay.go:10", "msg": "charge failed",
                "error": "dial tcp 10.0.0.1:5432: connect: connection refused", "stacktrace": GO,
            },
        ),
        Said(service="pay", frame="main.charge (/app/pay.go:10)"),
    ),
    "zap development as JSON": Sample(
        *_json(
            {"L": "INFO", "T": "2026-11-23T13:52:00.123Z", "C": "pay/pay.go:9", "M": "charged"},
            {"L": "ERROR", "T": "2026-11-23T13:52:01.123Z", "N": "pay", "C": "pay/pay.go:10", "M": "charge failed", "S": GO},
        ),
        Said(), "zap",
    ),
    "zerolog": Sample(
        *_json(
            {"level": "info", "time": "2026-11-23T13:52:00.123Z", "message": "charged"},
            {
                "level": "error", "error": "no charge", "time": "2026-11-23T13:52:01.123Z", "caller": "/app/pay.go:10",
                "stack": [{"func": "charge", "line": "10", "source": "pay.go"}, {"func": "main", "line": "33", "source": "main.go"}],
                "message": "charge failed",
            },
        ),
        Said(frame="charge (pay.go:10)"),
    ),
    "zerolog in microseconds": Sample(
        *_json(
            {"level": "info", "time": 1795441920123000, "message": "charged"},
            {"level": "fatal", "time": 1795441921123000, "message": "charge failed"},
        ),
        Said(severity="FATAL"), "zerolog",
    ),
    "logrus": Sample(
        *_json(
            {"level": "warning", "msg": "charged", "time": "2026-11-23T13:52:00.123Z"},
            {"error": "no charge", "fields.level": "gold", "level": "error", "msg": "charge failed", "time": "2026-11-23T13:52:01.123Z"},
        ),
        Said(),
    ),
    "logrus with a FieldMap": Sample(
        *_json(
            {"@level": "info", "@message": "charged", "@timestamp": "2026-11-23T13:52:00.123Z"},
            {"@level": "error", "@message": "charge failed", "@timestamp": "2026-11-23T13:52:01.123Z"},
        ),
        Said(), "json",
    ),
    "slog": Sample(
        *_json(
            {"time": "2026-11-23T13:52:00.123456789Z", "level": "INFO", "source": {"function": "main.f", "file": "/a.go", "line": 9}, "msg": "charged"},
            {"time": "2026-11-23T13:52:01.123456789Z", "level": "ERROR+2", "source": {"function": "main.f", "file": "/a.go", "line": 9}, "msg": "charge failed", "service": "pay"},
        ),
        Said(service="pay"),
    ),
    "logstash-logback-encoder": Sample(
        *_json(
            {
                "@timestamp": "2026-11-23T14:52:00.123+01:00", "@version": "1", "message": "charged",
                "logger_name": "com.acme.Pay", "thread_name": "main", "level": "INFO", "level_value": 20000,
            },
            {
                "@timestamp": "2026-11-23T14:52:01.123+01:00", "@version": "1", "message": "charge failed",
                "logger_name": "com.acme.Pay", "thread_name": "main", "level": "ERROR", "level_value": 40000,
                "stack_trace": JAVA, "traceId": "req-1",
            },
        ),
        Said(service="com.acme.Pay", kind="java.lang.IllegalStateException", frame="com.acme.Pay.charge (Pay.java:10)", trace_id="req-1"),
        "logback",
    ),
    "logback levels as numbers alone": Sample(
        *_json(
            {"@timestamp": "2026-11-23T13:52:00.123Z", "@version": "1", "message": "charged", "level_value": 20000},
            {"@timestamp": "2026-11-23T13:52:01.123Z", "@version": "1", "message": "charge failed", "level_value": 40000},
        ),
        Said(), "logback",
    ),
    "log4j2": Sample(
        *_json(
            {
                "instant": {"epochSecond": 1795441920, "nanoOfSecond": 123000000}, "thread": "main", "level": "INFO",
                "loggerName": "com.acme.Pay", "message": "charged", "endOfBatch": False,
                "loggerFqcn": "org.apache.logging.log4j.spi.AbstractLogger", "threadId": 1, "threadPriority": 5,
            },
            {
                "instant": {"epochSecond": 1795441921, "nanoOfSecond": 123000000}, "thread": "main", "level": "ERROR",
                "loggerName": "com.acme.Pay", "message": "charge failed", "contextMap": {"traceId": "req-1"},
                "thrown": {
                    "commonElementCount": 0, "localizedMessage": "no charge", "message": "no charge", "name": "java.lang.IllegalStateException",
                    "extendedStackTrace": [{"class": "com.acme.Pay", "method": "charge", "file": "Pay.java", "line": 10, "exact": True, "location": "classes/", "version": "?"}],
                },
                "endOfBatch": False, "loggerFqcn": "org.apache.logging.log4j.spi.AbstractLogger", "threadId": 1,
            },
        ),
        Said(service="com.acme.Pay", kind="java.lang.IllegalStateException", frame="com.acme.Pay.charge (Pay.java:10)", trace_id="req-1"),
    ),
    "log4j2 with timeMillis": Sample(
        *_json(
            {"timeMillis": 1795441920123, "thread": "main", "level": "INFO", "loggerName": "com.acme.Pay", "message": "charged"},
            {"timeMillis": 1795441921123, "thread": "main", "level": "FATAL", "loggerName": "com.acme.Pay", "message": "charge failed"},
        ),
        Said(service="com.acme.Pay", severity="FATAL"), "log4j2",
    ),
    "GELF": Sample(
        *_json(
            {"version": "1.1", "host": "web-1", "short_message": "charged", "timestamp": 1795441920.123, "level": 6, "_mdc": {}},
            {"version": "1.1", "host": "web-1", "short_message": "charge failed", "full_message": JAVA, "timestamp": 1795441921.123, "level": 3, "_service": "pay"},
        ),
        Said(service="web-1", kind="java.lang.IllegalStateException", frame="com.acme.Pay.charge (Pay.java:10)"), "gelf",
    ),
    "ECS, dotted": Sample(
        *_json(
            {"@timestamp": "2026-11-23T13:52:00.123Z", "log.level": "info", "message": "charged", "ecs.version": "1.2.0", "service.name": "pay"},
            {
                "@timestamp": "2026-11-23T13:52:01.123Z", "log.level": "error", "message": "charge failed", "ecs.version": "1.2.0",
                "service.name": "pay", "trace.id": "req-1", "error.type": "java.lang.IllegalStateException", "error.message": "no charge",
                "error.stack_trace": JAVA,
            },
        ),
        Said(service="pay", kind="java.lang.IllegalStateException", frame="com.acme.Pay.charge (Pay.java:10)", trace_id="req-1"), "ecs",
    ),
    "ECS, nested": Sample(
        *_json(
            {"@timestamp": "2026-11-23T13:52:00.123Z", "log": {"level": "info"}, "message": "charged", "ecs": {"version": "8.10.0"}},
            {
                "@timestamp": "2026-11-23T13:52:01.123Z", "log": {"level": "error", "logger": "pay"}, "message": "charge failed",
                "ecs": {"version": "8.10.0"}, "service": {"name": "pay"}, "trace": {"id": "req-1"},
                "error": {"type": "TypeError", "message": "no charge", "stack_trace": NODE},
            },
        ),
        Said(service="pay", kind="TypeError", frame="charge (/app/pay.js:10)", trace_id="req-1"), "ecs",
    ),
    "structlog": Sample(
        *_json(
            {"event": "charged", "level": "info", "timestamp": "2026-11-23T13:52:00.123000Z"},
            {"event": "charge failed", "level": "error", "logger": "pay", "exception": PYTHON, "request_id": "req-1", "timestamp": "2026-11-23T13:52:01.123000Z"},
        ),
        Said(service="pay", kind="ValueError", frame="charge (/app/pay.py:9)", trace_id="req-1"),
    ),
    "structlog with dict_tracebacks": Sample(
        *_json(
            {"event": "charged", "level": "info", "timestamp": "2026-11-23T13:52:00.123000Z"},
            {
                "event": "charge failed", "level": "error", "timestamp": "2026-11-23T13:52:01.123000Z",
                "exception": [
                    {
                        "exc_type": "ValueError", "exc_value": "no charge", "syntax_error": None, "is_cause": False,
                        "frames": [
                            {"filename": "/app/web.py", "lineno": 3, "name": "post"},
                            {"filename": "/app/pay.py", "lineno": 9, "name": "charge"},
                        ],
                    }
                ],
            },
        ),
        Said(kind="ValueError", frame="charge (/app/pay.py:9)"), "structlog",
    ),
    "python-json-logger": Sample(
        *_json(
            {"asctime": "2026-11-23 13:52:00,123", "levelname": "INFO", "name": "pay", "message": "charged"},
            {"asctime": "2026-11-23 13:52:01,123", "levelname": "ERROR", "name": "pay", "message": "charge failed", "exc_info": PYTHON},
        ),
        Said(service="pay", kind="ValueError", frame="charge (/app/pay.py:9)"), "python_json_logger", naive=True,
    ),
    "python-json-logger, exc_info as an array": Sample(
        *_json(
            {"timestamp": "2026-11-23T13:52:00.123000+00:00", "levelno": 20, "name": "pay", "message": "charged"},
            {"timestamp": "2026-11-23T13:52:01.123000+00:00", "levelno": 40, "name": "pay", "message": "charge failed", "exc_info": PYTHON.splitlines()},
        ),
        Said(service="pay", kind="ValueError", frame="charge (/app/pay.py:9)"), "python_json_logger",
    ),
    "Serilog CLEF": Sample(
        *_json(
            {"@t": "2026-11-23T13:52:00.1230000Z", "@mt": "charged {Amount}", "Amount": 3, "Level": "Fatal"},
            {
                "@t": "2026-11-23T13:52:01.1230000Z", "@m": "charge failed", "@i": "a1b2c3d4", "@l": "Error", "@x": DOTNET,
                "SourceContext": "Acme.Pay", "@tr": "4bf92f3577b34da6a3ce929d0e0e4736", "@sp": "00f067aa0ba902b7",
            },
        ),
        Said(service="Acme.Pay", kind="System.InvalidOperationException", frame="Acme.Pay.Charge(Int32 id) (/src/Pay.cs:12)", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"),
        "clef",
    ),
    ".NET console, JSON": Sample(
        *_json(
            {"EventId": 0, "LogLevel": "Information", "Category": "Acme.Pay", "Message": "charged", "Timestamp": "2026-11-23T13:52:00.123Z", "State": {}},
            {"EventId": 0, "LogLevel": "Error", "Category": "Acme.Pay", "Message": "charge failed", "Exception": DOTNET, "Timestamp": "2026-11-23T13:52:01.123Z"},
        ),
        Said(service="Acme.Pay", kind="System.InvalidOperationException", frame="Acme.Pay.Charge(Int32 id) (/src/Pay.cs:12)"), "dotnet",
    ),
    "lograge with Logstash": Sample(
        *_json(
            {
                "method": "POST", "path": "/pay", "format": "html", "controller": "PayController", "action": "create", "status": 200,
                "duration": 58.3, "view": 3.1, "db": 9.2, "@timestamp": "2026-11-23T13:52:00.123Z", "@version": "1", "message": "[200] POST /pay (PayController#create)",
            },
            {
                "method": "POST", "path": "/pay", "format": "html", "controller": "PayController", "action": "create", "status": 500,
                "error": "RuntimeError: no charge", "duration": 8.3, "request_id": "req-1", "@timestamp": "2026-11-23T13:52:01.123Z",
                "@version": "1", "message": "[500] POST /pay (PayController#create)",
            },
        ),
        Said("[500] POST /pay (PayController#create)", kind="RuntimeError", trace_id="req-1", severity=""), "lograge",
    ),
    "semantic_logger": Sample(
        *_json(
            {
                "host": "web-1", "application": "pay", "environment": "production", "timestamp": "2026-11-23T13:52:00.123456Z",
                "level": "info", "level_index": 2, "pid": 7, "thread": "puma 001", "name": "Pay", "message": "charged", "duration_ms": 1.2,
            },
            {
                "host": "web-1", "application": "pay", "environment": "production", "timestamp": "2026-11-23T13:52:01.123456Z",
                "level": "error", "level_index": 4, "pid": 7, "thread": "puma 001", "name": "Pay", "message": "charge failed",
                "named_tags": {"request_id": "req-1"},
                "exception": {"name": "PaymentError", "message": "no charge", "stack_trace": ["/app/pay.rb:10:in `charge'", "/app/web.rb:3:in `post'"]},
            },
        ),
        Said(service="pay", kind="PaymentError", frame="charge (/app/pay.rb:10)", trace_id="req-1"),
    ),
    "Google Cloud, as an application writes": Sample(
        *_json(
            {"severity": "INFO", "time": "2026-11-23T13:52:00.123Z", "message": "charged"},
            {
                "severity": "CRITICAL", "timestamp": {"seconds": 1795441921, "nanos": 123000000}, "message": "charge failed",
                "stack_trace": NODE, "logging.googleapis.com/trace": "projects/acme/traces/4bf92f3577b34da6a3ce929d0e0e4736",
            },
        ),
        Said(severity="FATAL", kind="TypeError", frame="charge (/app/pay.js:10)", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"), "gcp",
    ),
    "Google Cloud, split timestamps": Sample(
        *_json(
            {"severity": "DEFAULT", "timestampSeconds": 1795441920, "timestampNanos": 123000000, "message": "charged"},
            {"severity": "ERROR", "timestampSeconds": "1795441921", "timestampNanos": 123000000, "message": "charge failed"},
        ),
        Said(), "gcp",
    ),
    "Google Cloud, exported": Sample(
        *_json(
            {"insertId": "x1", "logName": "projects/acme/logs/stdout", "textPayload": "charged", "severity": "INFO", "timestamp": "2026-11-23T13:52:00.123Z", "resource": {"type": "k8s_container", "labels": {"pod_name": "pay-1"}}},
            {"insertId": "x2", "logName": "projects/acme/logs/stdout", "jsonPayload": {"message": "charge failed"}, "severity": "ERROR", "timestamp": "2026-11-23T13:52:01.123Z", "resource": {"type": "k8s_container", "labels": {"pod_name": "pay-1"}}},
        ),
        Said(), "",
    ),
    "AWS Lambda": Sample(
        *_json(
            {"timestamp": "2026-11-23T13:52:00.123Z", "level": "INFO", "message": "charged", "requestId": "req-0"},
            {
                "timestamp": "2026-11-23T13:52:01.123Z", "level": "ERROR", "requestId": "req-1",
                "message": {"message": "charge failed", "errorType": "TypeError", "errorMessage": "no charge", "stackTrace": NODE.splitlines()[1:]},
                "errorType": "TypeError", "errorMessage": "no charge", "stackTrace": [line.strip() for line in NODE.splitlines()],
            },
        ),
        Said(kind="TypeError", frame="charge (/app/pay.js:10)", trace_id="req-1"), "lambda",
    ),
    "AWS Lambda, the platform": Sample(
        *_json(
            {"time": "2026-11-23T13:52:00.123Z", "type": "platform.start", "record": {"requestId": "req-0", "version": "$LATEST"}},
            {
                "time": "2026-11-23T13:52:01.123Z", "type": "platform.report",
                "record": {"requestId": "req-1", "status": "timeout", "metrics": {"durationMs": 3000.0}},
            },
        ),
        Said("platform.report", trace_id="req-1"), "lambda_platform",
    ),
    "AWS Lambda Powertools": Sample(
        *_json(
            {"level": "INFO", "location": "charge:9", "message": "charged", "timestamp": "2026-11-23 13:52:00,123+0000", "service": "pay"},
            {
                "level": "ERROR", "location": "charge:10", "message": "charge failed", "timestamp": "2026-11-23 13:52:01,123+0000",
                "service": "pay", "correlation_id": "req-1", "exception": PYTHON, "exception_name": "ValueError",
            },
        ),
        Said(service="pay", kind="ValueError", frame="charge (/app/pay.py:9)", trace_id="req-1"), "powertools",
    ),
    "OTLP": Sample(
        *_json(
            _otlp("1795441920123000000", 9, "charged"),
            _otlp("1795441921123000000", 17, "charge failed", ("exception.type", "TypeError"), ("exception.stacktrace", NODE)),
        ),
        Said(service="pay", kind="TypeError", frame="charge (/app/pay.js:10)", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"), "otlp",
    ),
    "journald": Sample(
        *_json(
            {"__REALTIME_TIMESTAMP": "1795441920123000", "PRIORITY": "6", "MESSAGE": "charged", "SYSLOG_IDENTIFIER": "pay", "_SYSTEMD_UNIT": "pay.service"},
            {"__REALTIME_TIMESTAMP": "1795441921123000", "PRIORITY": "3", "MESSAGE": list(b"charge failed"), "SYSLOG_IDENTIFIER": "pay", "_HOSTNAME": "web-1"},
        ),
        Said(service="pay"), "text",
    ),
    "Monolog": Sample(
        *_json(
            {"message": "charged", "context": {}, "level": 200, "level_name": "INFO", "channel": "app", "datetime": "2026-11-23T13:52:00.123000+00:00", "extra": {}},
            {
                "message": "charge failed", "context": {"exception": {"class": "RuntimeException", "message": "no charge", "code": 0, "file": "/app/Pay.php:12"}},
                "level": 400, "level_name": "ERROR", "channel": "app", "datetime": "2026-11-23T13:52:01.123000+00:00", "extra": {},
            },
        ),
        Said(kind="RuntimeException", frame="/app/Pay.php:12"), "monolog",
    ),
    "Datadog": Sample(
        *_json(
            {"timestamp": 1795441920123, "status": "ok", "message": "charged", "service": "pay", "ddsource": "nodejs", "ddtags": "env:prod"},
            {"timestamp": 1795441921123, "status": "error", "message": "charge failed", "service": "pay", "ddsource": "nodejs", "error": {"kind": "TypeError", "stack": NODE}},
        ),
        Said(service="pay", frame="charge (/app/pay.js:10)", kind="TypeError"), "datadog",
    ),
    "Datadog, archived": Sample(
        *_json(
            {"_id": "A1", "date": "2026-11-23T13:52:00.123Z", "service": "pay", "status": "info", "message": "charged", "source": "nodejs", "tags": [], "attributes": {"http": {"status_code": 200}}},
            {"_id": "A2", "date": "2026-11-23T13:52:01.123Z", "service": "pay", "status": "critical", "message": "charge failed", "source": "nodejs", "tags": []},
        ),
        Said(service="pay", severity="FATAL"), "datadog",
    ),
    "OpenTelemetry's log data model": Sample(
        *_json(
            {"Timestamp": "2026-11-23T13:52:00.123Z", "SeverityText": "INFO", "SeverityNumber": 9, "Body": "charged", "Resource": {"service.name": "pay"}},
            {"Timestamp": "2026-11-23T13:52:01.123Z", "SeverityText": "ERROR", "SeverityNumber": 17, "Body": "charge failed", "TraceId": "4bf92f3577b34da6a3ce929d0e0e4736", "Resource": {"service.name": "pay"}},
        ),
        Said(service="pay", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"), "json",
    ),
    "OpenTelemetry's log data model, numbers": Sample(
        *_json(
            {"Timestamp": "1795441920123000000", "SeverityNumber": 9, "Body": {"message": "charged"}},
            {"Timestamp": "1795441921123000000", "SeverityNumber": 21, "Body": {"message": "charge failed"}},
        ),
        Said(severity="FATAL"), "json",
    ),
    "MongoDB": Sample(
        *_json(
            {"t": {"$date": "2026-11-23T13:52:00.123+00:00"}, "s": "I", "c": "NETWORK", "id": 22943, "ctx": "listener", "msg": "charged"},
            {"t": {"$date": "2026-11-23T13:52:01.123+00:00"}, "s": "E", "c": "STORAGE", "id": 1, "ctx": "conn1", "msg": "charge failed"},
        ),
        Said(), "mongodb",
    ),
    "tracing-subscriber": Sample(
        *_json(
            {"timestamp": "2026-11-23T13:52:00.123456Z", "level": "INFO", "fields": {"message": "charged"}, "target": "pay"},
            {"timestamp": "2026-11-23T13:52:01.123456Z", "level": "ERROR", "fields": {"message": "charge failed"}, "target": "pay"},
        ),
        Said(), "json",
    ),
    "logfmt": Sample(
        'time="2026-11-23T13:52:00.123Z" level=info msg=charged',
        'time="2026-11-23T13:52:01.123Z" level=error msg="charge failed" service=pay trace_id=req-1 err="no \\"charge\\""',
        Said(service="pay", trace_id="req-1"),
    ),
}  # fmt: skip

TEXTS: dict[str, Sample] = {
    "logback": Sample(
        "2026-11-23T13:52:00.123Z [main] INFO  com.acme.Pay - charged",
        "2026-11-23T13:52:01.123Z [http-nio-8080-exec-1] ERROR com.acme.Pay - charge failed",
        Said(service="com.acme.Pay"),
    ),
    "log4j": Sample(
        "2026-11-23 13:52:00,123 INFO  [main] Pay: charged",
        "2026-11-23 13:52:01,123 ERROR [main] (Pay.java:10) - charge failed",
        Said(service=""), naive=True,
    ),
    "Spring Boot": Sample(
        "2026-11-23T13:52:00.123Z  INFO 1 --- [pay] [nio-8080-exec-1] c.acme.Pay                               : charged",
        "2026-11-23T13:52:01.123Z ERROR 1 --- [pay] [nio-8080-exec-1] [4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7] c.acme.Pay : charge failed",
        Said(service="c.acme.Pay", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"),
    ),
    "Spring Cloud Sleuth": Sample(
        "2026-11-23 13:52:00.123  INFO [pay,,,] 1 --- [nio-8080-exec-1] c.acme.Pay : charged",
        "2026-11-23 13:52:01.123 ERROR [pay,4bf92f3577b34da6a3ce929d0e0e4736,00f067aa0ba902b7,true] 1 --- [nio-8080-exec-1] c.acme.Pay : charge failed",
        Said(service="pay", trace_id="4bf92f3577b34da6a3ce929d0e0e4736"), naive=True,
    ),
    "Tomcat": Sample(
        "23-Nov-2026 13:52:00.123 INFO [main] org.apache.catalina.startup.Catalina.start charged",
        "23-Nov-2026 13:52:01.123 SEVERE [main] org.apache.catalina.core.Pay.invoke charge failed",
        Said("org.apache.catalina.core.Pay.invoke charge failed"), naive=True,
    ),
    "Python logging": Sample(
        "2026-11-23 13:52:00,123 - acme.pay - INFO - charged",
        "2026-11-23 13:52:01,123 - acme.pay - ERROR - charge failed",
        Said(), naive=True,
    ),
    "Python logging, level before name": Sample(
        "2026-11-23 13:52:00,123 INFO acme.pay: charged",
        "2026-11-23 13:52:01,123 ERROR acme.pay: charge failed",
        Said(service="acme.pay"), naive=True,
    ),
    "loguru": Sample(
        "2026-11-23 13:52:00.123 | INFO     | acme.pay:charge:9 - charged",
        "2026-11-23 13:52:01.123 | ERROR    | acme.pay:charge:10 - charge failed",
        Said(service="acme.pay:charge:10"), naive=True,
    ),
    "gunicorn": Sample(
        "[2026-11-23 13:52:00 +0000] [7] [INFO] charged",
        "[2026-11-23 13:52:01 +0000] [7] [ERROR] charge failed",
        Said(),
    ),
    "Ruby's Logger": Sample(
        "I, [2026-11-23T13:52:00.123456 #7]  INFO -- : charged",
        "E, [2026-11-23T13:52:01.123456 #7] ERROR -- pay: charge failed",
        Said(), naive=True,
    ),
    "Go's log with a level": Sample(
        "2026/11/23 13:52:00 main.go:9: INFO charged",
        "2026/11/23 13:52:01 main.go:10: [ERROR] charge failed",
        Said(), naive=True,
    ),
    "zap's console": Sample(
        "2026-11-23T13:52:00.123Z\tINFO\tpay/pay.go:9\tcharged",
        '2026-11-23T13:52:01.123Z\tERROR\tpay/pay.go:10\tcharge failed\t{"trace_id": "req-1"}',
        Said('charge failed\t{"trace_id": "req-1"}', service="pay/pay.go:10", trace_id="req-1"),
    ),
    "glog": Sample(
        "I1123 13:52:00.123456       7 pay.go:9] charged",
        "E1123 13:52:01.123456       7 pay.go:10] charge failed",
        Said(service="pay.go:10"), naive=True,
    ),
    "nginx, errors": Sample(
        "2026/11/23 13:52:00 [notice] 7#7: charged",
        '2026/11/23 13:52:01 [error] 7#7: *42 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: acme.com, request: "POST /pay HTTP/1.1", upstream: "http://10.0.0.2:80/pay", host: "acme.com"',
        Said("connect() failed (111: Connection refused) while connecting to upstream"), naive=True,
    ),
    "nginx, access": Sample(
        '10.0.0.1 - - [23/Nov/2026:13:52:00 +0000] "GET /cart?id=7 HTTP/1.1" 200 612 "-" "curl/8"',
        '10.0.0.1 - ann [23/Nov/2026:13:52:01 +0000] "POST /pay HTTP/1.1" 502 157 "-" "curl/8" rt=0.003 request_id=req-1',
        Said("POST /pay 502 Bad Gateway", severity="", trace_id="req-1"),
    ),
    "Apache, errors": Sample(
        "[Mon Nov 23 13:52:00.123456 2026] [core:notice] [pid 7] charged",
        "[Mon Nov 23 13:52:01.123456 2026] [proxy:error] [pid 7] [client 10.0.0.1:5] charge failed",
        Said(), naive=True,
    ),
    "PostgreSQL": Sample(
        "2026-11-23 13:52:00.123 UTC [7] LOG:  charged",
        "2026-11-23 13:52:01.123 UTC [7] ERROR:  charge failed",
        Said(),
    ),
    "MySQL": Sample(
        "2026-11-23T13:52:00.123456Z 0 [Note] [MY-010] [Server] charged",
        "2026-11-23T13:52:01.123456Z 9 [ERROR] [MY-011] [Server] charge failed",
        Said(),
    ),
    "AWS Lambda, Node": Sample(
        "2026-11-23T13:52:00.123Z\t8c5d6b2e-0000-4000-8000-000000000000\tINFO\tcharged",
        "2026-11-23T13:52:01.123Z\t8c5d6b2e-0000-4000-8000-000000000001\tERROR\tcharge failed",
        Said(),
    ),
    "AWS Lambda, too slow": Sample(
        "2026-11-23T13:52:00.123Z\t8c5d6b2e-0000-4000-8000-000000000000\tINFO\tTask timed out once",
        "2026-11-23T13:52:01.123Z 8c5d6b2e-0000-4000-8000-000000000001 Task timed out after 3.00 seconds",
        Said(
            "8c5d6b2e-0000-4000-8000-000000000001 Task timed out after 3.00 seconds",
            trace_id="8c5d6b2e-0000-4000-8000-000000000001",
        ),
    ),
    "Go's web server": Sample(
        "2026/11/23 13:52:00 http: TLS handshake error from 10.0.0.1:5123: EOF",
        "2026/11/23 13:52:01 http: panic serving 10.0.0.1:5123: runtime error: index out of range [3] with length 2",
        Said("http: panic serving 10.0.0.1:5123: runtime error: index out of range [3] with length 2"), naive=True,
    ),
    "Serilog's file sink": Sample(
        "2026-11-23 13:52:00.123 +00:00 [INF] charged",
        "2026-11-23 13:52:01.123 +00:00 [ERR] charge failed",
        Said(),
    ),
    "java.util.logging on one line": Sample(
        "Nov 23, 2026 1:52:00 PM com.acme.Pay charge INFO: charged",
        "[Nov 23, 2026 1:52:01 PM] SEVERE: charge failed",
        Said(), naive=True,
    ),
    "HAProxy": Sample(
        'Nov 23 13:52:00 lb-1 haproxy[7]: 10.0.0.1:5123 [23/Nov/2026:13:52:00.123] web pay/s1 0/0/0/4/3 200 212 - - ---- 1/1/1/0/0 0/0 "GET /cart HTTP/1.1"',
        'Nov 23 13:52:01 lb-1 haproxy[7]: 10.0.0.1:5124 [23/Nov/2026:13:52:01.123] web pay/<NOSRV> 0/-1/-1/-1/3 503 212 - - SC-- 1/1/1/0/0 0/0 {acme.com|} "POST /pay?id=7 HTTP/1.1"',
        Said("POST /pay 503 Service Unavailable", severity=""), naive=True,
    ),
    "Envoy": Sample(
        '[2026-11-23T13:52:00.123Z] "GET /cart HTTP/1.1" 200 - 0 91 5 4 "-" "curl" "8c5d6b2e-0000-4000-8000-000000000000" "acme.com" "10.0.0.2:80"',
        '[2026-11-23T13:52:01.123Z] "POST /pay?id=7 HTTP/2" 503 UF,URX 0 91 5 - "-" "curl" "8c5d6b2e-0000-4000-8000-000000000001" "acme.com" "10.0.0.2:80"',
        Said("POST /pay 503 Service Unavailable", severity="", trace_id="8c5d6b2e-0000-4000-8000-000000000001"),
    ),
    "Istio": Sample(
        '[2026-11-23T13:52:00.123Z] "GET /cart HTTP/1.1" 0 DC downstream_remote_disconnect - "-" 0 0 5 - "-" "curl" "8c5d6b2e-0000-4000-8000-000000000000" "pay" "10.0.0.2:80" inbound|80|| - - - - -',
        '[2026-11-23T13:52:01.123Z] "POST /pay HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 19 0 - "-" "curl" "8c5d6b2e-0000-4000-8000-000000000001" "pay" "-" - - - - default -',
        Said("POST /pay 503 Service Unavailable", severity="", trace_id="8c5d6b2e-0000-4000-8000-000000000001"),
    ),
    "IIS": Sample(
        "2026-11-23 13:52:00 10.0.0.5 GET /cart id=7 443 - 10.0.0.1 curl/8 - 200 0 0 12",
        "2026-11-23 13:52:01 W3SVC1 WEB-1 10.0.0.5 POST /pay - 443 ann 10.0.0.1 HTTP/1.1 Mozilla/5.0+(X11) - https://acme.com/ acme.com 500 0 64 1 2 12",
        Said("POST /pay 500 Internal Server Error", severity=""), naive=True,
    ),
    "AWS, load balancer": Sample(
        'https 2026-11-23T13:52:00.123456Z app/lb/1 10.0.0.1:2817 10.0.0.2:80 0.000 0.001 0.000 200 200 34 366 "GET https://acme.com:443/cart HTTP/1.1" "curl" - - "-"',
        'http 2026-11-23T13:52:01.123456Z app/lb/1 10.0.0.1:2817 - -1 -1 -1 503 - 34 366 "POST http://acme.com:80/pay?id=7 HTTP/1.1" "curl" - - "-"',
        Said("POST /pay 503 Service Unavailable", severity=""),
    ),
    "Apache, access, with its host": Sample(
        'acme.com:443 10.0.0.1 - - [23/Nov/2026:13:52:00 +0000] "GET /cart HTTP/1.1" 200 612 "-" "curl/8"',
        'acme.com:443 10.0.0.1 - ann [23/Nov/2026:13:52:01 +0000] "POST /pay HTTP/1.1" 500 157 "-" "curl/8"',
        Said("POST /pay 500 Internal Server Error", severity=""),
    ),
    "Gin": Sample(
        '[GIN] 2026/11/23 - 13:52:00 | 200 |    1.253ms |        10.0.0.1 | GET      "/cart?id=7"',
        '[GIN] 2026/11/23 - 13:52:01 | 500 |     45.25µs |        10.0.0.1 | POST     "/pay"',
        Said("POST /pay 500 Internal Server Error", severity=""), naive=True,
    ),
    "uvicorn, access": Sample(
        '2026-11-23 13:52:00,123 INFO:     10.0.0.1:5123 - "GET /cart?id=7 HTTP/1.1" 200 OK',
        '2026-11-23 13:52:01,123 INFO:     10.0.0.1:5124 - "POST /pay HTTP/1.1" 503 Service Unavailable',
        Said("POST /pay 503 Service Unavailable", severity=""), naive=True,
    ),
    "PostgreSQL, Debian": Sample(
        "2026-11-23 13:52:00.123 UTC [7] app@shop LOG:  charged",
        "2026-11-23 13:52:01.123 UTC [7] app@shop ERROR:  charge failed",
        Said(),
    ),
    "PostgreSQL, before it knows who asks": Sample(
        "2026-11-23 13:52:00.123 UTC [7] LOG:  charged",
        "2026-11-23 13:52:01.123 UTC [7] [unknown]@[unknown] FATAL:  charge failed",
        Said(severity="FATAL"),
    ),
    "PostgreSQL, RDS": Sample(
        "2026-11-23 13:52:00 UTC::@:[7]:LOG:  charged",
        "2026-11-23 13:52:01 UTC:10.0.1.5(4321):app@shop:[7]:ERROR:  charge failed",
        Said(),
    ),
    "PostgreSQL, pgBadger": Sample(
        "2026-11-23 13:52:00 UTC [7]: [3-1] user=,db=,app=,client= LOG:  charged",
        "2026-11-23 13:52:01 UTC [7]: [3-1] user=app,db=shop,app=PostgreSQL JDBC Driver,client=10.0.0.1 ERROR:  charge failed",
        Said(),
    ),
    "PostgreSQL, numbered lines": Sample(
        "2026-11-23 13:52:00 UTC [7-1] app@shop LOG:  charged",
        "2026-11-23 13:52:01 UTC [7-2] app@shop PANIC:  charge failed",
        Said(severity="FATAL"),
    ),
    "Laravel": Sample(
        '[2026-11-23 13:52:00] production.INFO: charged {"id":7}',
        "[2026-11-23 13:52:01] production.ERROR: charge failed",
        Said(), naive=True,
    ),
    "Symfony": Sample(
        "[2026-11-23T13:52:00.123456+00:00] app.INFO: charged [] []",
        "[2026-11-23T13:52:01.123456+00:00] request.CRITICAL: charge failed",
        Said(severity="FATAL"),
    ),
    "PHP-FPM": Sample(
        "[23-Nov-2026 13:52:00 UTC] PHP Notice:  charged in /srv/b.php on line 3",
        "[23-Nov-2026 13:52:01 UTC] PHP Fatal error:  charge failed",
        Said(severity="FATAL"),
    ),
    "PHP, syntax": Sample(
        "[23-Nov-2026 13:52:00 UTC] PHP Warning:  charged",
        "[23-Nov-2026 13:52:01 UTC] PHP Parse error:  charge failed",
        Said(),
    ),
    "Airflow": Sample(
        "[2026-11-23T13:52:00.123+0000] {taskinstance.py:1824} INFO - charged",
        "[2026-11-23T13:52:01.123+0000] {taskinstance.py:1824} ERROR - charge failed",
        Said(),
    ),
    "Istio, its own": Sample(
        "2026-11-23T13:52:00.123456Z\tinfo\tads\tcharged",
        "2026-11-23T13:52:01.123456Z\terror\tads\tcharge failed",
        Said(service="ads"),
    ),
    "Envoy, its own": Sample(
        "[2026-11-23 13:52:00.123][12][info][main] [source/x.cc:1] charged",
        "[2026-11-23 13:52:01.123][12][critical][main] [source/x.cc:1] charge failed",
        Said(severity="FATAL"), naive=True,
    ),
    "Sidekiq": Sample(
        "2026-11-23T13:52:00.123Z pid=12 tid=abc class=Sync jid=0123456789abcdef01234567 INFO: charged",
        "2026-11-23T13:52:01.123Z pid=12 tid=abc class=Sync jid=0123456789abcdef01234567 elapsed=0.2 ERROR: charge failed",
        Said(),
    ),
    "Elixir": Sample(
        "2026-11-23 13:52:00.123 request_id=F0123456789abcdef012 [info] charged",
        '2026-11-23 13:52:01.123 request_id=F0123456789abcdef012 user="ann b" [error] charge failed',
        Said(), naive=True,
    ),
    "logrus in colours, full times": Sample(
        "\x1b[36mINFO\x1b[0m[2026-11-23T13:52:00Z] charged",
        "\x1b[31mERRO\x1b[0m[2026-11-23T13:52:01Z] charge failed",
        Said(),
    ),
    "Cassandra": Sample(
        "INFO  [CompactionExecutor:12] 2026-11-23 13:52:00,123 CompactionTask.java:241 - charged",
        "ERROR [ReadStage-2] 2026-11-23 13:52:01,123 Pay.java:10 - charge failed",
        Said(service="Pay.java:10"), naive=True,
    ),
    "Nest": Sample(
        "[Nest] 7  - 11/23/2026, 1:52:00 PM     LOG [PayService] charged",
        "[Nest] 7  - 11/23/2026, 1:52:01 PM   ERROR [PayService] charge failed",
        Said(service="PayService"), naive=True,
    ),
    "an id in the message": Sample(
        "2026-11-23T13:52:00.123Z INFO TraceID: abc-0 charged",
        "2026-11-23T13:52:01.123Z ERROR TraceID: abc-1 charge failed",
        Said("TraceID: abc-1 charge failed", trace_id="abc-1"),
    ),
}  # fmt: skip


def _cri(line: str, second: int) -> str:
    return f"2026-11-23T13:52:0{second}.500000000Z stdout F {line}"


def _docker(line: str, second: int) -> str:
    return json.dumps({"log": line + "\n", "stream": "stderr", "time": f"2026-11-23T13:52:0{second}.500000000Z"})


def _journald(line: str, second: int) -> str:
    return json.dumps({"__REALTIME_TIMESTAMP": f"179544192{second}500000", "PRIORITY": "6", "MESSAGE": line})


WRAPPERS = {
    "CRI": _cri,
    "Docker": _docker,
    "journald": _journald,
    "Compose": lambda line, _second: f"checkout-1  | {line}",
    "syslog": lambda line, second: f"<14>Nov 23 13:52:0{second} web-1 pay[7]: {line}",
    "syslog, RFC 5424": lambda line, second: f'<14>1 2026-11-23T13:52:0{second}.5Z web-1 pay 7 - [x@1 a="]"] {line}',
    "syslog, ISO": lambda line, second: f"2026-11-23T13:52:0{second}.500000+00:00 web-1 pay[7]: {line}",
    "kubectl": lambda line, _second: f"[pod/pay-6d5f/app] {line}",
    "docker logs -t": lambda line, second: f"2026-11-23T13:52:0{second}.500000000Z {line}",
    "aws logs tail": lambda line, second: (
        f"2026-11-23T13:52:0{second}.500000+00:00 2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef {line}"
    ),
    "aws logs tail, ECS": lambda line, second: (
        f"2026-11-23T13:52:0{second}.500000+00:00 ecs/pay/0123456789abcdef0123456789abcdef {line}"
    ),
    "logcli": lambda line, second: f'2026-11-23T13:52:0{second}.500000000Z {{app="pay", pod="pay-1"}} {line}',
    "CRI in Docker": lambda line, second: _docker(_cri(line, second), second),
    "a shipper": lambda line, second: json.dumps(
        {"message": line, "@timestamp": f"2026-11-23T13:52:0{second}.5Z", "agent": {}}
    ),
}
