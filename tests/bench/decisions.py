#!/usr/bin/env python3
"""What the decision core does over minutes, measured on real programs on 127.0.0.1.

outage   A provider answers only 529 for --seconds (default 240) while callers go on at --rate. The alias has an equal
         candidate. Reported: caller errors, upstream calls per caller call (amplification), how often the breaker opened,
         incidents, and how the calls were served before, during and after.
flood    Interactive callers at --rate, alone and then beside a nightly batch flood against the same provider limits.
         Reported: p50/p95 of the interactive calls in both halves, interleaved --rounds times, and their ratio.

The simulated provider's own ledger is the witness of what was really sent. Each run is bounded and ends its programs.
"""
import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Programs:
    def __init__(self, bin_directory):
        self.bin = os.path.abspath(bin_directory)
        self.running = []
        self.work = tempfile.mkdtemp(prefix="signalbox-decisions-")

    def start(self, name, *arguments):
        log = open(os.path.join(self.work, f"{name}-{len(self.running)}.log"), "w")
        process = subprocess.Popen([os.path.join(self.bin, name), *arguments], stdout=subprocess.PIPE, stderr=log, text=True)
        self.running.append(process)
        ready = json.loads(process.stdout.readline())
        return process, ready

    def stop(self):
        for process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def ctl(self, data, *arguments):
        done = subprocess.run([os.path.join(self.bin, "signalboxctl"), *arguments, "--json", "--data-dir", data],
                              capture_output=True, text=True)
        return json.loads(done.stdout) if done.stdout.strip() else {}


async def call(port, key, alias, headers=()):
    """One call on a connection of its own; (status, seconds, served-by)."""
    body = json.dumps({"model": alias, "messages": [{"role": "user", "content": "Is the line clear?"}],
                       "max_tokens": 16}).encode()
    head = [f"POST /v1/chat/completions HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}",
            "Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close", *headers]
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        answer = await asyncio.wait_for(reader.read(-1), 120)
        writer.close()
    except (OSError, asyncio.TimeoutError):
        return 0, time.monotonic() - began, ""
    top = answer.split(b"\r\n\r\n", 1)[0].decode("latin1").split("\r\n")
    served = next((line.split(": ", 1)[1] for line in top if line.lower().startswith("x-signalbox-served-by:")), "")
    return int(top[0].split()[1]) if top[0] else 0, time.monotonic() - began, served


def posts(port):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/sim/ledger")
    return json.loads(connection.getresponse().read())["posts"]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def engine(programs, config, workers="2"):
    path = os.path.join(programs.work, "signalbox.yaml")
    with open(path, "w") as file:
        file.write(config)
    data = os.path.join(programs.work, "data")
    process, ready = programs.start("signalboxd", "--config", path, "--data-dir", data, "--gateway", "127.0.0.1:0",
                                    "--admin", "127.0.0.1:0", "--workers", workers)
    key = programs.ctl(data, "credential", "issue", "--tenant", "acme", "--aliases", "*", "--reason", "bench")["key"]
    return process, int(ready["gateway"].rsplit(":", 1)[1]), key, data


async def outage(args, programs):
    # the failing provider is a program of its own, so that "only 529" is a profile and its ledger stands alone
    good_profile = os.path.join(programs.work, "good.yaml")
    bad_profile = os.path.join(programs.work, "bad.yaml")
    with open(good_profile, "w") as file:
        file.write("seed: 1\nfirst_byte: {median: 20ms, p95: 60ms}\ntokens_per_second: 0\n")
    with open(bad_profile, "w") as file:
        file.write("seed: 2\nfirst_byte: {median: 20ms, p95: 60ms}\ntokens_per_second: 0\nerrors: {529: 1.0}\n")
    port_a = free_port()
    listen_a = f"127.0.0.1:{port_a}"
    a, _ = programs.start("signalbox-sim", "--listen", listen_a, "--profile", good_profile)
    _, b_ready = programs.start("signalbox-sim", "--listen", "127.0.0.1:0", "--profile", good_profile)
    port_b = int(b_ready["url"].rsplit(":", 1)[1])
    config = f"""signalbox: 1
providers:
  - {{name: a, kind: openai-compatible, base_url: "http://127.0.0.1:{port_a}/v1", region: local}}
  - {{name: b, kind: openai-compatible, base_url: "http://127.0.0.1:{port_b}/v1", region: local}}
aliases:
  - {{name: fast, candidates: [{{provider: a, model: m, weight: 80}}, {{provider: b, model: m, weight: 20}}]}}
tenants: [{{name: acme}}]
"""
    _, port, key, data = engine(programs, config)

    results = []

    async def load(seconds, phase):
        tasks = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            async def one():
                status, took, served = await call(port, key, "fast")
                results.append((phase, status, took, served.split("/")[0]))
            tasks.append(asyncio.create_task(one()))
            await asyncio.sleep(1 / args.rate)
        await asyncio.gather(*tasks)

    async def swap(profile):
        nonlocal a
        a.terminate()
        a.wait(20)
        a, _ = programs.start("signalbox-sim", "--listen", listen_a, "--profile", profile)

    await load(10, "before")
    before_b = posts(port_b)
    await swap(bad_profile)
    await load(args.seconds, "outage")
    sent_a, sent_b = posts(port_a), posts(port_b) - before_b
    await swap(good_profile)
    await load(args.after, "after")

    def phase(name):
        rows = [row for row in results if row[0] == name]
        return {"calls": len(rows), "errors": sum(row[1] != 200 for row in rows),
                "served_by_a": sum(row[3] == "a" for row in rows), "served_by_b": sum(row[3] == "b" for row in rows),
                "p95_ms": round(percentile([row[2] * 1000 for row in rows], 0.95), 1)}

    during = phase("outage")
    incidents = programs.ctl(data, "incident", "list")
    return {"rate": args.rate, "seconds": args.seconds, "before": phase("before"), "outage": during, "after": phase("after"),
            "upstream_calls": sent_a + sent_b, "amplification": round((sent_a + sent_b) / max(1, during["calls"]), 4),
            "incidents": len(incidents), "incident_list": incidents}


async def flood(args, programs):
    profile = os.path.join(programs.work, "sim.yaml")
    with open(profile, "w") as file:
        file.write("seed: 1\nfirst_byte: {median: 80ms, p95: 120ms}\ntokens_per_second: 0\n")
    _, ready = programs.start("signalbox-sim", "--listen", "127.0.0.1:0", "--profile", profile)
    config = f"""signalbox: 1
providers:
  - name: a
    kind: openai-compatible
    base_url: "{ready['base_url']}"
    region: local
    limits: {{requests_per_minute: {args.limit}, headroom: 10}}
aliases:
  - {{name: fast, candidates: [{{provider: a, model: m, weight: 1}}]}}
tenants: [{{name: acme}}, {{name: nightly}}]
"""
    _, port, key, data = engine(programs, config)
    nightly = programs.ctl(data, "credential", "issue", "--tenant", "nightly", "--aliases", "*", "--reason", "bench")["key"]
    halves = {"alone": [], "beside": []}
    failures = {"alone": 0, "beside": 0}
    batch = {"answered": 0, "refused": 0}

    async def interactive(seconds, half):
        tasks = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            async def one():
                status, took, _ = await call(port, key, "fast")
                halves[half].append(took * 1000)
                failures[half] += status != 200
            tasks.append(asyncio.create_task(one()))
            await asyncio.sleep(1 / args.rate)
        await asyncio.gather(*tasks)

    async def batch_caller(stop):
        while not stop.is_set():
            status, _, _ = await call(port, nightly, "fast", ("x-signalbox-workload-class: batch",
                                                              "x-signalbox-latency-budget-ms: 20000"))
            batch["answered" if status == 200 else "refused"] += 1

    for _ in range(args.rounds):
        await interactive(args.seconds, "alone")
        stop = asyncio.Event()
        callers = [asyncio.create_task(batch_caller(stop)) for _ in range(args.batch)]
        await asyncio.sleep(args.settle)  # until the flood has used up what the provider's limits had saved
        await interactive(args.seconds, "beside")
        stop.set()
        await asyncio.gather(*callers)

    def summary(half):
        return {"calls": len(halves[half]), "failures": failures[half],
                "p50_ms": round(statistics.median(halves[half]), 1), "p95_ms": round(percentile(halves[half], 0.95), 1)}

    alone, beside = summary("alone"), summary("beside")
    return {"rate": args.rate, "batch_callers": args.batch, "limit_per_minute": args.limit, "alone": alone, "beside": beside,
            "p95_ratio": round(beside["p95_ms"] / alone["p95_ms"], 3), "batch": batch,
            "waiting": programs.ctl(data, "quota", "list").get("waiting")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("outage")
    one.add_argument("--seconds", type=float, default=240)
    one.add_argument("--after", type=float, default=60)
    one.add_argument("--rate", type=float, default=20)
    two = commands.add_parser("flood")
    two.add_argument("--seconds", type=float, default=15)
    two.add_argument("--rounds", type=int, default=3)
    two.add_argument("--rate", type=float, default=10)
    two.add_argument("--batch", type=int, default=100)
    two.add_argument("--limit", type=int, default=3600)
    two.add_argument("--settle", type=float, default=20)
    args = parser.parse_args()
    programs = Programs(args.bin)
    try:
        result = asyncio.run({"outage": outage, "flood": flood}[args.command](args, programs))
        print(json.dumps(result, indent=2))
    finally:
        programs.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
