#!/usr/bin/env python3
"""Calls per second of signalboxd beside plain nginx, both in front of the same mock, in the same run.

The mock is an nginx that answers every POST with one fixed chat completion (or a stream of 64 deltas). nginx as a proxy
keeps its upstream connections and writes no log: it does nothing but forward. signalboxd authenticates, routes, reads
the JSON, and commits one record per call to disk before the caller's last byte. Runs are interleaved and repeated; direct
runs against the mock, repeated likewise, show how far two equal runs differ on this machine (the noise floor).
All traffic stays on 127.0.0.1. Takes about two minutes. Result: OUT/result.json.
"""
import argparse
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

PROMPT = {"model": "fast", "messages": [{"role": "user", "content": "Is the line clear? Answer in one sentence, please."}]}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def plain_body():
    body = {
        "id": "chatcmpl-bench", "object": "chat.completion", "created": 1795305600, "model": "m-2026-09-01",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 18, "completion_tokens": 12, "total_tokens": 30},
    }
    missing = 300 - len(json.dumps(body, separators=(",", ":")))
    body["choices"][0]["message"]["content"] = ("The line is clear. " * 20)[:missing]
    return json.dumps(body, separators=(",", ":"))


def stream_body():
    def event(delta, reason=None):
        return "data: " + json.dumps({
            "id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1795305600, "model": "m-2026-09-01",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}, separators=(",", ":")) + "\n\n"
    text = event({"role": "assistant", "content": ""})
    text += "".join(event({"content": f" word{i}"}) for i in range(64))
    return text + event({}, "stop") + "data: [DONE]\n\n"


class Bench:
    def __init__(self, args):
        self.bin = os.path.abspath(args.bin)
        self.out = os.path.abspath(args.out)
        self.args = args
        self.work = os.path.join(self.out, "work")
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.children = []

    # -- processes --------------------------------------------------------------------------------------------------

    def nginx(self, name, workers, servers, upstream=None):
        folder = os.path.join(self.work, name)
        os.makedirs(os.path.join(folder, "tmp"))
        temp = "\n".join(f"  {kind}_temp_path {folder}/tmp/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        text = f"""
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
daemon off;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  keepalive_requests 100000000;
  keepalive_timeout 300s;
  tcp_nodelay on;
{temp}
{upstream or ''}
{servers}
}}
"""
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w") as f:
            f.write(text)
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        self.children.append(subprocess.Popen([binary, "-p", folder, "-c", path], stderr=subprocess.DEVNULL))

    def start_mock(self):
        self.mock = free_port()
        root = os.path.join(self.work, "root")
        os.makedirs(root)
        with open(os.path.join(root, "stream.sse"), "w") as f:
            f.write(stream_body())
        servers = f"""  server {{
    listen 127.0.0.1:{self.mock} backlog=1024;
    location /plain/ {{ default_type application/json; return 200 '{plain_body()}'; }}
    # nginx answers a POST to a file with 405; the error page is fetched with GET and is the file
    location /stream/ {{ error_page 405 =200 /stream.sse; return 405; }}
    location = /stream.sse {{ internal; types {{ }} default_type text/event-stream; root {root}; }}
  }}"""
        self.nginx("mock", 1, servers)

    def start_proxy(self, name, workers):
        port = free_port()
        upstream = f"  upstream mock {{ server 127.0.0.1:{self.mock}; keepalive 128; keepalive_requests 100000000; }}"
        servers = f"""  server {{
    listen 127.0.0.1:{port} backlog=1024;
    location / {{ proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}"""
        self.nginx(name, workers, servers, upstream)
        return {"port": port, "headers": {}}

    def start_gateway(self, name, workers, kind, acknowledge="committed"):
        folder = os.path.join(self.work, name)
        os.makedirs(folder)
        config = os.path.join(folder, "signalbox.yaml")
        with open(config, "w") as f:
            f.write(f"""signalbox: 1
audit: {{acknowledge: {acknowledge}}}
providers:
  - {{name: mock, kind: openai-compatible, base_url: "http://127.0.0.1:{self.mock}/{kind}", region: local, retention: zero}}
aliases:
  - {{name: fast, purpose: bench, owner: qa, candidates: [{{provider: mock, model: m-2026-09-01, weight: 100}}]}}
tenants:
  - {{name: acme}}
""")
        data = os.path.join(folder, "data")
        log = open(os.path.join(folder, "log"), "w")
        child = subprocess.Popen(
            [os.path.join(self.bin, "signalboxd"), "--config", config, "--data-dir", data, "--gateway", "127.0.0.1:0",
             "--admin", "127.0.0.1:0", "--workers", str(workers)], stdout=subprocess.PIPE, stderr=log, text=True)
        self.children.append(child)
        line = child.stdout.readline()
        if not line:
            sys.exit(f"bench: signalboxd ({name}) did not become ready; see {log.name}")
        ready = json.loads(line)
        issued = subprocess.run(
            [os.path.join(self.bin, "signalboxctl"), "credential", "issue", "--tenant", "acme", "--aliases", "*", "--json",
             "--reason", "bench", "--data-dir", data], capture_output=True, text=True)
        if issued.returncode != 0:
            sys.exit(f"bench: no credential: {issued.stderr}")
        key = json.loads(issued.stdout)["key"]
        return {"port": int(ready["gateway"].rsplit(":", 1)[1]), "headers": {"Authorization": f"Bearer {key}"}}

    def stop(self):
        for child in self.children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()

    # -- one run ----------------------------------------------------------------------------------------------------

    def wrk(self, target, path, stream, connections, seconds):
        body = dict(PROMPT, stream=True) if stream else PROMPT
        script = os.path.join(self.work, "post.lua")
        headers = dict(target["headers"], **{"Content-Type": "application/json"})
        with open(script, "w") as f:
            f.write('wrk.method = "POST"\n')
            f.write(f"wrk.body = {json.dumps(json.dumps(body))}\n")
            for name, value in headers.items():
                f.write(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}\n")
        run = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script,
             f"http://127.0.0.1:{target['port']}{path}"], capture_output=True, text=True)
        text = run.stdout

        def ms(percent):
            found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)", text, re.M)
            return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]] if found else None

        rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        return {"rate": float(rate[1]) if rate else 0.0, "p50_ms": ms(50), "p99_ms": ms(99), "bad": int(bad[1]) if bad else 0,
                "socket_errors": sum(map(int, errors.groups())) if errors else 0}

    def series(self, title, targets, stream, connections, seconds, repeats):
        runs = {name: [] for name in targets}
        for name, (target, path) in targets.items():
            self.wrk(target, path, stream, connections, 1)  # warm
        for _ in range(repeats):
            for name, (target, path) in targets.items():
                runs[name].append(self.wrk(target, path, stream, connections, seconds))
        print(f"\n{title}")
        print(f"  {'':28}{'calls/s':>10}{'spread':>9}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
        result = {}
        for name, rows in runs.items():
            rates = [row["rate"] for row in rows]
            rate = statistics.median(rates)
            spread = (max(rates) - min(rates)) / rate if rate else 0
            errors = sum(row["bad"] + row["socket_errors"] for row in rows)
            p50 = statistics.median(row["p50_ms"] or 0 for row in rows)
            p99 = statistics.median(row["p99_ms"] or 0 for row in rows)
            result[name] = {"calls_per_second": rate, "spread": spread, "p50_ms": p50, "p99_ms": p99, "errors": errors, "runs": rows}
            print(f"  {name:28}{rate:10,.0f}{spread:9.1%}{p50:9.3f}{p99:9.3f}{errors:8}")
        return result

    def run(self):
        self.start_mock()
        nginx1, nginx2 = self.start_proxy("nginx1", 1), self.start_proxy("nginx2", 2)
        direct = {"port": self.mock, "headers": {}}
        sb1 = self.start_gateway("signalbox1", 1, "plain")
        sb2 = self.start_gateway("signalbox2", 2, "plain")
        sbq = self.start_gateway("signalbox1q", 1, "plain", "queued")
        sbs = self.start_gateway("signalbox1s", 1, "stream")
        time.sleep(0.5)
        mock, chat = "/plain/chat/completions", "/v1/chat/completions"
        n, seconds = self.args.repeats, self.args.seconds
        plain = self.series("300-byte answer, 64 connections", {
            "direct (the mock itself)": (direct, mock),
            "nginx, 1 worker": (nginx1, mock),
            "signalboxd, 1 worker": (sb1, chat),
            "signalboxd, 1, queued": (sbq, chat),
            "nginx, 2 workers": (nginx2, mock),
            "signalboxd, 2 workers": (sb2, chat),
        }, False, 64, seconds, n)
        lone = self.series("300-byte answer, 1 connection", {
            "direct (the mock itself)": (direct, mock),
            "nginx, 1 worker": (nginx1, mock),
            "signalboxd, 1 worker": (sb1, chat),
            "signalboxd, 1, queued": (sbq, chat),
        }, False, 1, 2, 2)
        sse = self.series("stream of 64 deltas, 64 connections", {
            "direct (the mock itself)": (direct, "/stream/chat/completions"),
            "nginx, 1 worker": (nginx1, "/stream/chat/completions"),
            "signalboxd, 1 worker": (sbs, chat),
        }, True, 64, seconds, 2)

        def ratio(rows, a, b):
            return rows[a]["calls_per_second"] / rows[b]["calls_per_second"] if rows[b]["calls_per_second"] else 0
        ratios = {
            "one_worker": ratio(plain, "signalboxd, 1 worker", "nginx, 1 worker"),
            "one_worker_queued": ratio(plain, "signalboxd, 1, queued", "nginx, 1 worker"),
            "two_workers": ratio(plain, "signalboxd, 2 workers", "nginx, 2 workers"),
            "stream": ratio(sse, "signalboxd, 1 worker", "nginx, 1 worker"),
        }
        noise = plain["direct (the mock itself)"]["spread"]
        added = {name: lone[name]["p50_ms"] - lone["direct (the mock itself)"]["p50_ms"] for name in lone}
        print(f"\nsignalboxd / nginx: {ratios['one_worker']:.2f} with 1 worker, {ratios['two_workers']:.2f} with 2, "
              f"{ratios['one_worker_queued']:.2f} with 1 and acknowledge: queued, {ratios['stream']:.2f} streaming")
        print(f"noise floor: equal direct runs differ by {noise:.1%}; a ratio is not known better than that")
        print("added to one call at a time (p50): "
              + ", ".join(f"{name} {value * 1000:.0f} us" for name, value in added.items() if value))
        failed = sum(row["errors"] for rows in (plain, lone, sse) for row in rows.values())
        result = {
            "machine": {"cpus": os.cpu_count(), "system": platform.platform()},
            "commit": subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip(),
            "ratios": ratios, "noise_floor": noise, "added_p50_ms": added, "errors": failed,
            "plain": plain, "lone": lone, "stream": sse,
        }
        with open(os.path.join(self.out, "result.json"), "w") as f:
            json.dump(result, f, indent=1)
        print(f"written to {os.path.relpath(os.path.join(self.out, 'result.json'))}")
        if failed:
            print(f"bench: {failed} answers were errors; the figures are not worth anything")
            return 1
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    bench = Bench(parser.parse_args())
    try:
        code = bench.run()
    finally:
        bench.stop()
        shutil.rmtree(bench.work, ignore_errors=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
