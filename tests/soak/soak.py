#!/usr/bin/env python3
"""A soak run: signalboxd between callers and two simulated providers, for minutes or days, watched for what grows.

  soak.py [MINUTES] [--hours N] [--bin build/release/bin] [--share 0.3] [--rate CALLS_PER_SECOND] [--out build/soak]

The load is a share (30 %) of what this machine carries with its callers beside it, measured first: plain and streaming
calls of four tenants in three dialects, about 1 % of them failing at the provider, some callers leaving early, wrong
keys, connections that idle and go, a reload of the config every minute, readers of the admin API and a follower of its
events. Every five seconds it is noted what the engine holds; at the end, when all is quiet again, descriptors and
QObjects are compared with those before the load, and the calls the callers saw with the record and the counters.

Exit code 1: something grows, is not given back, or does not add up. The result as JSON: OUT/result.json.
"""
import argparse
import asyncio
import datetime
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import callers
import sampler
import verdict
from programs import TENANTS, Programs

EVERY = 5  # seconds between samples
RELOAD_EVERY = 60
SETTLE = 150  # seconds at most until all is quiet: a keep-alive connection may idle for a minute

# What is judged: allowed growth from the first quarter to the last, as a share and as an amount. Files grow with the
# calls they hold, the pool of upstream connections (and the objects behind it) with the machine's delays: these are shown
# without a verdict, and judged when all is quiet again.
JUDGED = {"rss": (0.02, 0), "pss": (0.02, 0), "fds_beside_upstream": (0.1, 10), "threads": (0, 1), "in_flight": (0.3, 20),
          "store_queue": (0.5, 50)}
SHOWN = ["fds", "qobjects", "upstream_connections", "database", "wal", "journal", "anonymous", "loop_stalls"]
MEMORY = ("rss", "pss")
FULL = 15_000  # calls: what keeps the newest ten thousand of something is full by then


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


class Follower(threading.Thread):
    """Follows the event stream to the end and counts; a gap in the sequence is one too many."""

    def __init__(self, port, token):
        super().__init__(daemon=True)
        self.port, self.token = port, token
        self.events = self.finished = self.gaps = 0
        self.last = None
        self.ended = ""
        self.quiet = False

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            self.socket = connection.sock
            while line := answer.readline():
                if line.startswith(b"id: "):
                    number = int(line[4:])
                    if self.last is not None and number != self.last + 1:
                        self.gaps += 1
                    self.last = number
                    self.events += 1
                elif b'"call.finished"' in line and line.startswith(b"data:"):
                    self.finished += 1
            self.ended = "the engine ended the stream"
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.ended = str(error)
        if self.quiet:
            self.ended = ""

    def stop(self):
        self.quiet = True
        try:
            import socket
            self.socket.shutdown(socket.SHUT_RDWR)
        except (AttributeError, OSError):
            pass
        self.join(5)


class Readers(threading.Thread):
    """What consoles ask: status, providers, lists, sums, series."""
    PATHS = ["/api/v1/status", "/api/v1/providers", "/api/v1/calls?limit=100", "/api/v1/budgets",
             "/api/v1/series?step=10&from={ago}&to={now}", "/api/v1/limits", "/api/v1/quotas", "/api/v1/incidents"]

    def __init__(self, admin):
        super().__init__(daemon=True)
        self.admin = admin
        self.asked = self.failed = 0
        self.why = {}
        self.done = threading.Event()

    def run(self):
        while not self.done.is_set():
            for path in self.PATHS:
                try:
                    now = datetime.datetime.now(datetime.timezone.utc)
                    stamps = {"now": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                              "ago": (now - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")}
                    self.admin.get(path.format(**stamps))
                    self.asked += 1
                except (OSError, RuntimeError, http.client.HTTPException) as error:
                    self.failed += 1
                    self.why[path] = str(error)[:200]
                self.done.wait(0.3)


class Watcher(threading.Thread):
    """The samples, and the reloads between them."""

    def __init__(self, programs, admin):
        super().__init__(daemon=True)
        self.programs, self.admin = programs, admin
        self.samples = []
        self.reloads = 0
        self.done = threading.Event()

    def run(self):
        began, reloaded = time.monotonic(), time.monotonic()
        while not self.done.wait(EVERY):
            try:
                facts, _ = sampler.sample(self.programs.engine.pid, self.programs.data, self.admin)
            except (OSError, RuntimeError) as error:
                say(f"no sample: {error}")
                continue
            facts["fds_beside_upstream"] = facts["fds"] - (facts["upstream_connections"] or 0)
            self.samples.append({"second": time.monotonic() - began} | facts)
            if time.monotonic() - reloaded >= RELOAD_EVERY:
                reloaded = time.monotonic()
                self.programs.write_config()
                self.programs.engine.send_signal(signal.SIGHUP)
                self.reloads += 1


def settled(programs, admin, baseline):
    """Waits until nothing is under way and what was opened is closed again; what is held then."""
    ends = time.monotonic() + SETTLE
    while True:
        facts, rows = sampler.sample(programs.engine.pid, programs.data, admin)
        quiet = not facts["in_flight"] and not facts["store_queue"] and not facts["upstream_connections"]
        if (quiet and facts["fds"] <= baseline["fds"] + 5) or time.monotonic() > ends:
            return facts, rows
        time.sleep(1)


def idle_wakes(pid, seconds=10):
    before = sampler.process(pid)
    time.sleep(seconds)
    after = sampler.process(pid)
    return {"wakes_per_second": (after["wakes"] - before["wakes"]) / seconds,
            "cpu_percent": (after["cpu_seconds"] - before["cpu_seconds"]) * 100 / seconds}


async def load(programs, keys, seen, seconds, rate, streams):
    until = time.monotonic() + seconds
    count = max(8, int(rate * 0.6))  # a call takes a third of a second at most, as a rule
    gate = programs.gateway
    tasks = [callers.caller(gate, keys[i % len(keys)], seen, until, count / rate, random.Random(i)) for i in range(count)]
    tasks += [callers.idler(gate, keys[i % len(keys)], until, random.Random(1000 + i)) for i in range(streams)]
    tasks.append(callers.wrong_key(gate, seen, until, random.Random(5)))
    await asyncio.gather(*tasks)


def checks(programs, admin, seen, warmed, follower, readers, rows, before, after):
    """[(name, is as it should be, what was found)]"""
    found = []
    calls = seen.calls + warmed.calls
    unclear = seen.unclear + warmed.unclear
    record = admin.json("/api/v1/calls?limit=1")["total"]
    counted = int(sampler.total(rows, "gateway_requests_total") or 0)
    found.append(("record = callers", calls - unclear <= record <= calls, f"{record} recorded, {calls} sent, {unclear} without an answer"))
    found.append(("metrics = record", counted == record, f"{counted} counted, {record} recorded"))
    now = datetime.datetime.now(datetime.timezone.utc)
    whole = "&since={}&until={}".format(*((now + datetime.timedelta(days=d)).strftime("%Y-%m-%dT%H:%M:%SZ") for d in (-60, 1)))
    summary = admin.json("/api/v1/calls/summary?by=tenant" + whole)
    summed = sum(group.get("calls", 0) for group in summary.get("rows", []))
    if summary.get("rows"):
        found.append(("sums = record", summed == record, f"{summed} in the sums by tenant"))
    missing = 0
    for one in seen.sample:
        try:
            admin.get(f"/api/v1/calls/{one}")
        except RuntimeError:
            missing += 1
    found.append(("answered calls are recorded", missing == 0, f"{missing} of {len(seen.sample)} sampled ids are not in the record"))
    refused = int(sampler.total(rows, "gateway_unauthenticated_total") or 0)
    found.append(("wrong keys", refused == seen.bad_keys, f"{refused} counted, {seen.bad_keys} seen"))
    invariants = admin.json("/api/v1/limits")["items"]
    broken = [one["name"] for one in invariants if one["state"] == "broken"]
    found.append(("invariants", not broken, ", ".join(broken) or f"{len(invariants)} hold"))
    found.append(("events have no gap", follower.gaps == 0 and not follower.ended,
                  f"{follower.events} events, {follower.finished} finished calls, {follower.gaps} gaps {follower.ended}".strip()))
    found.append(("admin readers", readers.failed == 0, f"{readers.asked} answers, {readers.failed} failures {readers.why or ''}".strip()))
    found.append(("not connected", seen.outcomes["not connected"] == 0, f"{seen.outcomes['not connected']} connections refused"))
    for what in ("fds", "qobjects", "threads"):
        if before.get(what) is None:
            continue
        more = after[what] - before[what]
        found.append((f"{what} given back", more <= 5, f"{before[what]:.0f} before, {after[what]:.0f} after"))
    return found


def size(value, name):
    if value is None:
        return "-"
    if name in ("rss", "pss", "anonymous", "database", "wal", "journal"):
        return f"{value / 1048576:.1f} MiB"
    return f"{value:.1f}"


def table(series):
    lines = [f"{'':22}{'first quarter':>15}{'last quarter':>15}{'an hour':>15}{'95 % interval':>28}  verdict"]
    for name, one in series.items():
        if "first" not in one:
            lines.append(f"{name:22}{'':73}  {one.get('verdict', '')}")
            continue
        between = f"{size(one['slope_low'], name)} .. {size(one['slope_high'], name)}"
        lines.append(f"{name:22}{size(one['first'], name):>15}{size(one['last'], name):>15}{size(one['slope_per_hour'], name):>15}"
                     f"{between:>28}  {one.get('verdict', '')}"
                     + "".join(f" {size(third, name)}/h" for third in one.get("thirds", [])))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("minutes", nargs="?", type=float, default=10)
    parser.add_argument("--hours", type=float, default=0)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--rate", type=float, default=0, help="calls a second, instead of a share of what was measured")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--idle", type=int, default=40, help="connections that come, idle and go")
    parser.add_argument("--out", default="build/soak")
    parser.add_argument("--keep", default="", help="directory for the run's data, kept afterwards")
    options = parser.parse_args()
    seconds = options.hours * 3600 or options.minutes * 60
    # first the caches fill; a run of days may be given an hour for that, a short one a fifth of itself
    warm_up = min(3600.0, max(30.0, seconds * 0.2))

    programs = Programs(options.bin, options.keep)
    result, failures = {"seconds": seconds}, []
    try:
        programs.start_all(options.workers)
        admin = sampler.Admin(programs.admin, programs.token)
        keys = [programs.credential(tenant) for tenant in TENANTS]
        say(f"engine {programs.engine.pid}, data in {programs.work}")
        warmed, carries = asyncio.run(callers.capacity(programs.gateway, keys[0], 8, 48))
        rate = options.rate or carries * options.share
        say(f"this machine carries {carries:.0f} calls/s with these callers; the load is {rate:.0f} calls/s for {seconds / 60:.0f} minutes")
        before, _ = settled(programs, admin, {"fds": 1 << 30})
        before_idle = idle_wakes(programs.engine.pid)

        seen = callers.Seen()
        follower, readers, watcher = Follower(programs.admin, programs.token), Readers(admin), Watcher(programs, admin)
        for thread in (follower, readers, watcher):
            thread.start()
        began = time.monotonic()
        asyncio.run(load(programs, keys, seen, seconds, rate, options.idle))
        took = time.monotonic() - began
        watcher.done.set()
        readers.done.set()
        watcher.join()
        readers.join()
        say(f"the load has ended: {seen.calls} calls; waiting until all is quiet")
        time.sleep(2)
        follower.stop()
        after, rows = settled(programs, admin, before)
        after_idle = idle_wakes(programs.engine.pid)

        full = next((one["second"] for one in watcher.samples if one["calls"] >= FULL), seconds)
        warm_up = max(warm_up, min(full, seconds / 2))
        steady = [one for one in watcher.samples if one["second"] >= warm_up]
        hours = [one["second"] / 3600 for one in steady]
        series = {}
        for name in [*JUDGED, *SHOWN]:
            share, more = JUDGED.get(name, (0, 0))
            series[name] = verdict.judge(hours, [one.get(name) for one in steady], share, more)
            if name in MEMORY and series[name]["verdict"] == "grows" and seconds < 7200:
                series[name] |= verdict.levelling(hours, [one.get(name) for one in steady])
            if name in SHOWN:
                series[name].pop("verdict", None)
            elif series[name]["verdict"] == "grows":
                failures.append(f"{name} grows")
        cross = checks(programs, admin, seen, warmed, follower, readers, rows, before, after)
        failures += [f"{name}: {what}" for name, good, what in cross if not good]
        cpu = (steady[-1]["cpu_seconds"] - steady[0]["cpu_seconds"]) / (steady[-1]["second"] - steady[0]["second"]) if len(steady) > 1 else 0
        stalls = {"count": sampler.by(rows, "signalbox_loop_stalls_total", "thread"),
                  "longest_seconds": sampler.by(rows, "signalbox_loop_longest_stall_seconds", "thread")}
        durations = sorted(seen.durations)

        print()
        print(table(series))
        print(f"\ncalls            {seen.calls} in {took:.0f} s ({seen.calls / took:.0f}/s), {seen.unclear} without an answer, "
              f"median {durations[len(durations) // 2] * 1000:.0f} ms, p99 {durations[int(len(durations) * 0.99)] * 1000:.0f} ms")
        print(f"  as callers saw  {dict(seen.outcomes)}")
        print(f"  errors by code  {sampler.by(rows, 'gateway_call_errors_total', 'code')}")
        print(f"  upstream fails  {sampler.by(rows, 'gateway_upstream_failures_total', 'class')}")
        print(f"engine           {cpu * 100:.0f} % of a core under load; reloads {watcher.reloads}")
        print(f"idle, before     {before_idle['wakes_per_second']:.1f} wakes/s, {before_idle['cpu_percent']:.2f} %; "
              f"after {after_idle['wakes_per_second']:.1f} wakes/s, {after_idle['cpu_percent']:.2f} %")
        print(f"loop stalls      {stalls['count'] or 'none'} longest {stalls['longest_seconds'] or '-'} s")
        for name, good, what in cross:
            print(f"{'ok  ' if good else 'NOT '} {name:28} {what}")

        result |= {"warm_up": warm_up, "rate": rate, "carries": carries, "series": series, "calls": seen.calls, "kinds": dict(seen.by_kind),
                   "outcomes": dict(seen.outcomes), "unclear": seen.unclear, "errors": sampler.by(rows, "gateway_call_errors_total", "code"),
                   "cpu_share": cpu, "reloads": watcher.reloads, "stalls": stalls, "before": before | before_idle,
                   "after": after | after_idle, "checks": [{"name": n, "ok": g, "found": w} for n, g, w in cross],
                   "samples": watcher.samples}
        code = programs.stop()
        if code != 0:
            failures.append(f"the engine ended with exit code {code}")
    finally:
        programs.stop()
        if not options.keep and not failures:
            shutil.rmtree(programs.work, ignore_errors=True)
    result["failures"] = failures
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "result.json").write_text(json.dumps(result, indent=1))
    print(f"\n{'nothing grows and everything adds up' if not failures else 'FAILED: ' + '; '.join(failures)}  ({out / 'result.json'})")
    if failures:
        print(f"data and logs are kept in {programs.work}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
