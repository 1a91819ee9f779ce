"""Takes what an OpenTelemetry collector would be sent (OTLP over HTTP, JSON) and is strict about it: a field that the published
protobuf does not have, an id of the wrong length or a prompt in an attribute is an error.

    otlp-sink.py serve PORT            answers on 127.0.0.1:PORT until told to stop; GET /log tells what came
    otlp-sink.py check FILE…           traces*.json and metrics*.json as bodies, *.txt as a Prometheus page

Needs opentelemetry-proto, and prometheus_client for pages (promtool is used too where it is installed).
"""
import base64
import collections
import http.server
import json
import os
import re
import shutil
import subprocess
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
# What was asked and answered never leaves.
WORDS = re.compile(r"gen_ai\.(input|output)\.messages|gen_ai\.(prompt|completion)|system_instructions")


def with_base64_ids(value):
    """OTLP's JSON has ids in hexadecimal where protobuf's own has base64."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for name, item in value.items():
        if name in IDS:
            assert re.fullmatch(r"[0-9a-f]{%d}" % IDS[name], item), f"{name} is not {IDS[name]} hex digits: {item!r}"
            assert int(item, 16) != 0, f"{name} is all zero"
            out[name] = base64.b64encode(bytes.fromhex(item)).decode()
        else:
            out[name] = with_base64_ids(item)
    return out


def attributes(message):
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in message.attributes}


def check_traces(text):
    message = json_format.Parse(json.dumps(with_base64_ids(json.loads(text))), ExportTraceServiceRequest())
    spans = [span for r in message.resource_spans for s in r.scope_spans for span in s.spans]
    assert spans, "no spans"
    for resource in message.resource_spans:
        assert "service.name" in attributes(resource.resource), "no service.name"
    for span in spans:
        found = attributes(span)
        assert len(found) == len(span.attributes), f"an attribute is there twice: {span.name}"
        assert span.start_time_unix_nano <= span.end_time_unix_nano, f"{span.name} ends before it starts"
        assert not any(WORDS.search(name) for name in found), f"words are sent: {found}"
        if span.kind == span.SPAN_KIND_CLIENT:
            assert span.name == f"{found['gen_ai.operation.name']} {found['gen_ai.request.model']}", span.name
            assert found["gen_ai.provider.name"], "no gen_ai.provider.name"
            assert span.parent_span_id, "a model is asked for a request"
    return f"{len(spans)} spans"


def check_metrics(text):
    message = json_format.Parse(json.dumps(with_base64_ids(json.loads(text))), ExportMetricsServiceRequest())
    metrics = [metric for r in message.resource_metrics for s in r.scope_metrics for metric in s.metrics]
    assert metrics, "no metrics"
    points = 0
    for metric in metrics:
        kind = metric.WhichOneof("data")
        data = getattr(metric, kind)
        assert data.aggregation_temporality == 2, f"{metric.name} is not cumulative"
        keys = set()
        for point in data.data_points:
            points += 1
            key = tuple(sorted((name, str(value)) for name, value in attributes(point).items()))
            assert key not in keys, f"{metric.name} has {key} twice"
            keys.add(key)
            assert 0 < point.start_time_unix_nano <= point.time_unix_nano, f"{metric.name} has no time"
            if kind == "histogram":
                assert len(point.bucket_counts) == len(point.explicit_bounds) + 1, metric.name
                assert sum(point.bucket_counts) == point.count, metric.name
                assert list(point.explicit_bounds) == sorted(point.explicit_bounds), metric.name
    return f"{len(metrics)} metrics, {points} points"


def check_page(text):
    from prometheus_client.parser import text_string_to_metric_families

    families = list(text_string_to_metric_families(text))
    for family in families:
        assert family.documentation, f"{family.name} has no HELP"
        assert family.type != "unknown", f"{family.name} has no TYPE"
        keys = collections.Counter((sample.name, tuple(sorted(sample.labels.items()))) for sample in family.samples)
        assert max(keys.values(), default=1) == 1, f"{family.name} has a series twice"
    if shutil.which("promtool"):
        result = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
        assert result.returncode == 0, f"promtool: {result.stdout}{result.stderr}"
    return f"{len(families)} families"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log = []

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        check = {"/v1/traces": check_traces, "/v1/metrics": check_metrics}.get(self.path)
        entry = {"path": self.path, "headers": dict(self.headers), "error": None}
        try:
            assert check, f"no such path: {self.path}"
            assert self.headers.get("Content-Type") == "application/json", self.headers.get("Content-Type")
            entry["what"] = check(body)
            entry["body"] = json.loads(body)
        except Exception as error:  # whatever it is, it is what the log is for
            entry["error"] = f"{type(error).__name__}: {error}"
        Handler.log.append(entry)
        print(self.path, entry["error"] or entry["what"], flush=True)
        self.answer(400 if entry["error"] else 200, {})

    def do_GET(self):
        self.answer(200, Handler.log)

    def log_message(self, *_):
        pass


def check_file(path):
    text = open(path, encoding="utf-8").read()
    name = os.path.basename(path)
    check = check_page if name.endswith(".txt") else check_metrics if name.startswith("metrics") else check_traces
    print("ok  ", name, check(text))


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("serve", "check"):
        sys.exit(__doc__)
    if sys.argv[1] == "check":
        for path in sys.argv[2:]:
            check_file(path)
    else:
        http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
