"""What is measured: programs that answer the same calls from the same mock, each started alone and stopped alone.

A kind is the first part of the mock's path and says what the mock answers (tools/mock_plan.h): "plain" is a 300-byte
completion, "stream" 64 deltas at 20 ms; letters behind it change that, as in "plain-s2048-t20" or "stream-n32-d200".
A target turns a kind into a request path and a model name, so that one client serves all of them:

    target = start_signalboxd(work_dir, mock_port, acknowledge="queued")
    POST http://127.0.0.1:{target.port}{target.path("plain")}  with target.headers, "model": target.model("plain")
    target.pids       its processes now, for memory and CPU time
    target.stop()

A gateway that knows its upstream by one base URL only may take the mock's /auto: it streams when the body asks for it.
start_*() raise Unavailable with the reason when the program is not installed or does not become ready.
"""
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("SIGNALBOX_BIN") or os.path.join(REPOSITORY, "build", "release", "bin")
KINDS = ("plain", "stream")


class Unavailable(Exception):
    """Why a target cannot be measured here; the run goes on without it and says so."""


def program(name):
    path = os.path.join(BIN, name)
    if not os.access(path, os.X_OK):
        raise Unavailable(f"{name} is not built (./dev bench builds it)")
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def folder_in(work_dir, name):
    """A new folder; a name used before gets a number."""
    path, number = os.path.join(work_dir, name), 1
    while os.path.exists(path):
        number += 1
        path = os.path.join(work_dir, f"{name}-{number}")
    os.makedirs(path)
    return path


def children_of(pid):
    """pid and everything below it."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children") as f:
                    found.extend(int(word) for word in f.read().split())
        except OSError:
            pass
    return found


def ready_line(process, seconds=60):
    """The line that a program of ours prints when it is ready; "" when it ended or said nothing in time, and is ended then."""
    line = ""
    try:
        if select.select([process.stdout], [], [], seconds)[0]:
            line = process.stdout.readline()
        return line
    finally:
        if not line:  # also when we are to end ourselves
            process.kill()
            process.wait()


class Target:
    def __init__(self, name, port, process=None, headers=None):
        self.name = name
        self.port = port
        self.process = process
        self.headers = headers or {}

    def path(self, kind):
        return f"/{kind}/chat/completions"

    def model(self, kind):
        return kind

    @property
    def pids(self):
        return children_of(self.process.pid) if self.process and self.process.poll() is None else []

    def stop(self):
        if not self.process:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            for pid in self.pids:
                os.kill(pid, signal.SIGKILL)
            self.process.wait(5)
        if self.process.stdout:
            self.process.stdout.close()


class Gateway(Target):
    """signalboxd: its kinds are aliases; the path is the provider's own."""
    data = config = ready_seconds = None

    def path(self, kind):
        return "/v1/chat/completions"

    def ctl(self, *arguments):
        try:
            done = subprocess.run([program("signalboxctl"), *arguments, "--json", "--data-dir", self.data],
                                  capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired as why:
            raise Unavailable(f"signalboxctl {' '.join(arguments)} did not end within a minute") from why
        if done.returncode != 0:
            raise Unavailable(f"signalboxctl {' '.join(arguments)}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}


def wait_for_port(process, port, what, log, seconds=20):
    until, there = time.monotonic() + seconds, False
    try:
        while time.monotonic() < until and process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    there = True
                    return
            except OSError:
                time.sleep(0.02)
    finally:
        if not there:
            process.kill()
            process.wait()
    tail = ""
    if log and os.path.exists(log):
        with open(log, errors="replace") as f:
            tail = f.read()[-600:].strip()
    raise Unavailable(f"{what} did not become ready: {tail}")


# -- the mock and what is measured directly on it ------------------------------------------------------------------------

def start_mock(work_dir, *arguments):
    folder = folder_in(work_dir, "mock")
    with open(os.path.join(folder, "log"), "w") as log:
        process = subprocess.Popen([program("bench_mock"), *arguments], stdout=subprocess.PIPE, stderr=log, text=True)
    line = ready_line(process)
    if not line:
        raise Unavailable(f"bench_mock did not become ready; see {folder}/log")
    return Target("mock", json.loads(line)["ready"], process)


def start_direct(work_dir, mock_port):
    """The mock itself: what a call costs without anything between."""
    return Target("direct", mock_port)


def start_nginx(work_dir, mock_port, workers=1):
    """Plain nginx: forwards over kept connections, reads no body, writes no log. The practical limit."""
    binary = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.access(binary, os.X_OK):
        raise Unavailable("nginx is not installed (Debian: nginx-light)")
    folder = folder_in(work_dir, f"nginx-{workers}")
    os.makedirs(os.path.join(folder, "tmp"))
    port = free_port()
    temp = "\n".join(f"  {kind}_temp_path {folder}/tmp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w") as f:
        f.write(f"""
worker_processes {workers};
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
daemon off;
events {{ worker_connections 19000; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  tcp_nodelay on;
  client_body_buffer_size 128k;
  client_max_body_size 32m;
{temp}
  upstream mock {{ server 127.0.0.1:{mock_port}; keepalive 256; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    location /stream {{ proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }}
  }}
}}
""")
    log = os.path.join(folder, "error.log")
    process = subprocess.Popen([binary, "-p", folder, "-c", path], stderr=subprocess.DEVNULL)
    wait_for_port(process, port, "nginx", log)
    return Target(f"nginx, {workers} worker{'s' if workers > 1 else ''}", port, process)


# -- Signalbox -----------------------------------------------------------------------------------------------------------

def signalbox_config(folder, mock_port, acknowledge="committed", kinds=KINDS, aliases="", tenants="", budgets="", extra="",
                     provider=""):
    """Everything on: provider limits, a tenant's quota, a priced model, a budget that refuses; all of them far away."""
    with open(os.path.join(folder, "prices.yaml"), "w") as f:
        f.write('version: bench-1\nprices:\n  - {provider: openai-compatible, model: m-2026-09-01, valid_from: 2026-01-01,\n'
                '     input_usd_per_million: "0.1", output_usd_per_million: "0.5"}\n')
    providers = "".join(f"""  - name: mock-{kind}
    kind: openai-compatible
    base_url: "http://127.0.0.1:{mock_port}/{kind}"
    region: local
    retention: zero
    {provider or 'limits: {requests_per_minute: 1000000000, tokens_per_minute: 100000000000}'}
""" for kind in kinds)
    own = "".join(f"  - {{name: {kind}, purpose: bench, owner: qa, candidates: "
                  f"[{{provider: mock-{kind}, model: m-2026-09-01, weight: 100}}]}}\n" for kind in kinds)
    return f"""signalbox: 1
audit: {{acknowledge: {acknowledge}}}
providers:
{providers}aliases:
{own}{aliases}tenants:
  - name: acme
    quota: {{requests_per_minute: 1000000000, input_tokens_per_minute: 100000000000, output_tokens_per_minute: 100000000000, concurrency: 100000}}
{tenants}budgets:
  - {{scope: {{tenant: acme}}, period: month, amount_usd: "1000000", soft: [80, 95], at_limit: refuse}}
{budgets}prices: {{book: "{folder}/prices.yaml"}}
{extra}"""


def start_signalboxd(work_dir, mock_port, acknowledge="committed", workers=1, kinds=KINDS, config=None, data=None,
                     wrapper=(), credential=True, name=None, **parts):
    """One engine. parts go to signalbox_config(); data is a data directory to reuse; wrapper is put before the program."""
    folder = folder_in(work_dir, "signalboxd")
    path = os.path.join(folder, "signalbox.yaml")
    with open(path, "w") as f:
        f.write(config or signalbox_config(folder, mock_port, acknowledge, kinds, **parts))
    data = data or os.path.join(folder, "data")
    began = time.monotonic()
    with open(os.path.join(folder, "log"), "w") as log:
        process = subprocess.Popen(
            [*wrapper, program("signalboxd"), "--config", path, "--data-dir", data, "--gateway", "127.0.0.1:0",
             "--admin", "127.0.0.1:0", "--workers", str(workers), "--drain-seconds", "2"],
            stdout=subprocess.PIPE, stderr=log, text=True)
    line = ready_line(process)
    seconds = time.monotonic() - began
    if not line:
        with open(os.path.join(folder, "log")) as f:
            raise Unavailable(f"signalboxd did not become ready: {f.read()[-800:].strip()}")
    ready = json.loads(line)
    target = Gateway(name or f"signalboxd {acknowledge}, {workers} worker{'s' if workers > 1 else ''}",
                     int(ready["gateway"].rsplit(":", 1)[1]), process)
    target.data, target.config, target.ready_seconds = data, path, seconds
    target.admin = int(ready["admin"].rsplit(":", 1)[1])
    if credential:
        try:
            issued = target.ctl("credential", "issue", "--tenant", "acme", "--aliases", "*", "--reason", "bench")
        except BaseException:
            target.stop()
            raise
        target.headers = {"Authorization": f"Bearer {issued['key']}"}
    return target
