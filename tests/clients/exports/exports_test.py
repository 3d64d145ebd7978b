"""What the exports say, read by others' code: OTLP by OpenTelemetry's own message classes, /metrics by Prometheus's own
parser, and webhooks by the snippets of resources/help/exports.md, taken out of that file and run. A real signalboxd, a
real simulator, real sockets."""
import base64
import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AGGREGATION_TEMPORALITY_CUMULATIVE
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from prometheus_client.parser import text_string_to_metric_families

BIN = Path(os.environ["SIGNALBOX_BIN"])
HELP = (Path(os.environ["SIGNALBOX_SOURCE"]) / "resources/help/exports.md").read_text()
SECRET = "hook-secret-0123456789"
MARKER = "XYZZYMARKER"


class Receiver:
    """Keeps what is POSTed to it, head and body."""

    def __init__(self):
        kept = self.kept = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                kept.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


def eventually(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := what():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def hex_ids_to_base64(node):
    """OTLP's JSON writes ids in hex where the standard mapping has base64; the message classes know only the latter."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("traceId", "spanId", "parentSpanId"):
                node[key] = base64.b64encode(bytes.fromhex(value)).decode()
            else:
                hex_ids_to_base64(value)
    elif isinstance(node, list):
        for value in node:
            hex_ids_to_base64(value)


def parse(message, body):
    tree = json.loads(body)
    hex_ids_to_base64(tree)
    return json_format.ParseDict(tree, message)  # an unknown field or a wrong type is an error


class ExportsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.receiver = Receiver()
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        (folder / "signalbox.yaml").write_text(f"""signalbox: 1
server: {{gateway: "127.0.0.1:0", admin: "127.0.0.1:0"}}
providers:
  - {{name: sim, kind: simulator, region: local, retention: zero}}
aliases:
  - {{name: fast, purpose: tests, owner: qa, candidates: [{{provider: sim, model: sim-1, weight: 100}}]}}
tenants:
  - {{name: acme}}
export:
  otlp: {{endpoint: "{cls.receiver.url}", interval: 1s}}
  webhooks:
    - {{name: pager, url: "{cls.receiver.url}/hook", secret: env:HOOK_SECRET, events: [incident.opened]}}
""")
        cls.log = open(folder / "log", "w")
        cls.daemon = subprocess.Popen(
            [BIN / "signalboxd", "--config", folder / "signalbox.yaml", "--data-dir", folder / "data"],
            stdout=subprocess.PIPE, stderr=cls.log, env={**os.environ, "HOOK_SECRET": SECRET})
        ready = json.loads(cls.daemon.stdout.readline())
        cls.gateway, cls.admin = ready["gateway"], ready["admin"]
        cls.token = (folder / "data/admin.token").read_text().strip()
        cls.key = json.loads(cls.ask("POST", "/api/v1/credentials", {"tenant": "acme", "aliases": ["*"]}))["key"]

    @classmethod
    def tearDownClass(cls):
        cls.daemon.terminate()
        cls.daemon.wait(30)
        cls.daemon.stdout.close()
        cls.log.close()
        cls.receiver.server.shutdown()
        cls.receiver.server.server_close()
        cls.folder.cleanup()

    @classmethod
    def ask(cls, method, path, body=None):
        request = urllib.request.Request(cls.admin + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {cls.token}", "x-signalbox-reason": "client%20test",
                     "content-type": "application/json"})
        with urllib.request.urlopen(request) as response:
            return response.read().decode()

    def call(self, path, body, **headers):
        request = urllib.request.Request(self.gateway + path, data=json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.key}", "content-type": "application/json", **headers})
        with urllib.request.urlopen(request) as response:
            response.read()
            return response.headers["x-request-id"]

    def chat(self, **headers):
        return self.call("/v1/chat/completions",
            {"model": "fast", "messages": [{"role": "user", "content": f"{MARKER} hello"}]}, **headers)

    def posted(self, path):
        return [body for p, _, body in list(self.receiver.kept) if p == path]

    def test_traces(self):
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        ids = {self.chat(traceparent=parent), self.chat()}

        def spans():
            found = [span for body in self.posted("/v1/traces")
                     for resource in parse(ExportTraceServiceRequest(), body).resource_spans
                     for scope in resource.scope_spans for span in scope.spans]
            return found if ids <= {self.attributes(span).get("signalbox.call.id") for span in found} else None

        found = eventually(spans)
        servers = [s for s in found if s.kind == Span.SPAN_KIND_SERVER]
        clients = [s for s in found if s.kind == Span.SPAN_KIND_CLIENT]
        self.assertGreaterEqual(len(servers), 2)
        mine = [s for s in servers if s.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"]
        self.assertEqual([s.parent_span_id.hex() for s in mine], ["b7ad6b7169203331"])
        for span in found:
            self.assertEqual((len(span.trace_id), len(span.span_id)), (16, 8))
            self.assertLessEqual(span.start_time_unix_nano, span.end_time_unix_nano)
            self.assertLess(abs(span.start_time_unix_nano / 1e9 - time.time()), 120)
            self.assertNotEqual(span.status.code, Status.STATUS_CODE_ERROR)
        for span in clients:
            parents = [s for s in servers if s.span_id == span.parent_span_id]
            self.assertEqual(len(parents), 1)
            self.assertEqual(parents[0].trace_id, span.trace_id)
            said = self.attributes(span)
            self.assertEqual(said["gen_ai.operation.name"], "chat")
            self.assertEqual(said["gen_ai.request.model"], "sim-1")
            self.assertGreater(said["gen_ai.usage.output_tokens"], 0)

    @staticmethod
    def attributes(holder):
        return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in holder.attributes}

    def test_metrics(self):
        self.chat()

        def named():
            bodies = self.posted("/v1/metrics")
            if not bodies:
                return None
            message = parse(ExportMetricsServiceRequest(), bodies[-1])
            found = {m.name: m for r in message.resource_metrics for s in r.scope_metrics for m in s.metrics}
            return found if "gen_ai.client.operation.duration" in found else None

        found = eventually(named)
        for name in ("gen_ai.client.operation.duration", "gen_ai.client.token.usage", "gen_ai.server.request.duration"):
            histogram = found[name].histogram
            self.assertEqual(histogram.aggregation_temporality, AGGREGATION_TEMPORALITY_CUMULATIVE)
            for point in histogram.data_points:
                self.assertEqual(len(point.bucket_counts), len(point.explicit_bounds) + 1)
                self.assertEqual(sum(point.bucket_counts), point.count)
                self.assertEqual(sorted(point.explicit_bounds), list(point.explicit_bounds))
                self.assertLess(point.start_time_unix_nano, point.time_unix_nano)
        self.assertTrue(found["signalbox.calls"].sum.is_monotonic)

    def test_prometheus(self):
        self.chat()

        def families():
            text = self.ask("GET", "/metrics")
            found = {f.name: f for f in text_string_to_metric_families(text)}
            return found if found["gen_ai_client_operation_duration_seconds"].samples else None

        found = eventually(families)
        for name in ("gen_ai_client_operation_duration_seconds", "gen_ai_client_token_usage",
                     "gen_ai_server_request_duration_seconds"):
            family = found[name]
            self.assertEqual(family.type, "histogram")
            series = {}
            for sample in family.samples:
                labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
                series.setdefault(labels, {}).setdefault(sample.name.removeprefix(name), []).append(sample)
            for parts in series.values():
                counts = [s.value for s in parts["_bucket"]]
                self.assertEqual(counts, sorted(counts))
                self.assertEqual(parts["_bucket"][-1].labels["le"], "+Inf")
                self.assertEqual(counts[-1], parts["_count"][0].value)
        for family in found.values():
            seen = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
            self.assertEqual(len(seen), len(set(seen)), family.name)
        status = json.loads(self.ask("GET", "/api/v1/exports"))["items"][0]
        self.assertEqual((status["name"], status["state"]), ("prometheus", "ok"))

    def delivery(self):
        test = json.loads(self.ask("POST", "/api/v1/exports/pager/test", {}))
        self.assertTrue(test["ok"], test)
        return next((headers, body) for path, headers, body in reversed(self.receiver.kept) if path == "/hook")

    def test_webhook_python(self):
        snippet = re.search(r"```python\n(.*?)```", HELP, re.S).group(1)
        scope = {}
        exec(snippet, scope)  # our own help text
        check = scope["is_signalbox"]
        headers, body = self.delivery()
        self.assertTrue(check(SECRET.encode(), headers, body))
        self.assertFalse(check(b"another-secret-0123", headers, body))
        self.assertFalse(check(SECRET.encode(), headers, body + b" "))
        self.assertFalse(check(SECRET.encode(), {**headers, "x-signalbox-timestamp": "1700000000"}, body))
        self.assertFalse(check(SECRET.encode(), {}, body))

    def test_webhook_node(self):
        try:
            subprocess.run(["node", "--version"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("node is not installed")
        snippet = re.search(r"```javascript\n(.*?)```", HELP, re.S).group(1)
        headers, body = self.delivery()
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "check.mjs").write_text(snippet)
            (Path(folder) / "run.mjs").write_text(
                "import { isSignalbox } from './check.mjs';\n"
                "const { secret, headers, body } = JSON.parse(process.argv[2]);\n"
                "const bytes = Buffer.from(body, 'base64');\n"
                "console.log(JSON.stringify([isSignalbox(secret, headers, bytes), isSignalbox(secret + 'x', headers, bytes),\n"
                "    isSignalbox(secret, headers, Buffer.concat([bytes, Buffer.from(' ')])), isSignalbox(secret, {}, bytes)]));\n")
            said = subprocess.run(["node", "run.mjs", json.dumps(
                {"secret": SECRET, "headers": headers, "body": base64.b64encode(body).decode()})],
                cwd=folder, capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(said.stdout), [True, False, False, False])

    def test_zz_nothing_of_a_caller_leaves(self):
        everything = b"".join(repr(h).encode() + b for _, h, b in self.receiver.kept)
        self.assertIn(b"gen_ai.client.token.usage", everything)
        for secret in (MARKER, self.key, SECRET, self.token):
            self.assertNotIn(secret.encode(), everything)


if __name__ == "__main__":
    unittest.main(verbosity=2)
