"""What a call costs when ten and a hundred times as much is configured: aliases, tenants, credentials, budgets."""
import concurrent.futures
import http.client
import json
import os
import threading
import time

import targets
from measure import Failed, median, spread, table

ALIASES, TENANTS, CREDENTIALS, BUDGETS = 10, 10, 100, 10  # once
MOST_CALLERS = 1000  # that many of the credentials make calls, each in its turn


class Caller:
    """One tenant's credential and one alias of an engine."""

    def __init__(self, engine, key, alias):
        self.engine, self.name, self.port = engine, engine.name, engine.port
        self.headers, self.alias = {"Authorization": f"Bearer {key}"}, alias
        self.pids = []

    def path(self, kind):
        return self.engine.path(kind)

    def model(self, kind):
        return self.alias


def issue(engine, tenants, count):
    """Credentials over the admin API, eight at a time; how long that took is part of the result."""
    with open(os.path.join(engine.data, "admin.token")) as f:
        token = f.read().strip()
    here = threading.local()

    def one(number):
        if not hasattr(here, "connection"):
            here.connection = http.client.HTTPConnection("127.0.0.1", engine.admin, timeout=60)
        here.connection.request("POST", "/api/v1/credentials", json.dumps({"tenant": tenants[number % len(tenants)], "aliases": ["*"]}),
                                {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "x-signalbox-reason": "bench"})
        answer = here.connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise Failed(f"no credential: {answer.status} {text[:200]}")
        return json.loads(text)["key"]

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(one, range(count)))
    return keys, time.monotonic() - began


def start_engine(session, factor, acknowledge):
    aliases = [f"alias-{i}" for i in range(ALIASES * factor)]
    tenants = [f"tenant-{i}" for i in range(TENANTS * factor)]
    engine = session.start(
        targets.start_signalboxd, acknowledge, credential=False, name=f"{factor}x",
        aliases="".join(f"  - {{name: {name}, purpose: bench, owner: qa, candidates: "
                        "[{provider: mock-plain, model: m-2026-09-01, weight: 100}]}\n" for name in aliases),
        tenants="".join(f"  - {{name: {name}, quota: {{requests_per_minute: 1000000000, concurrency: 100000}}}}\n" for name in tenants),
        budgets="".join(f"  - {{scope: {{tenant: {name}}}, period: month, amount_usd: \"1000000\", at_limit: refuse}}\n"
                        for name in tenants[:BUDGETS * factor]))
    if not engine:
        raise Failed("no signalboxd")
    keys, seconds = issue(engine, tenants, CREDENTIALS * factor)
    step = max(1, len(keys) // MOST_CALLERS)
    callers = [Caller(engine, key, aliases[i % len(aliases)]) for i, key in enumerate(keys)][::step][:MOST_CALLERS]
    callers[0].pids = engine.pids
    return {"engine": engine, "callers": callers, "issue_seconds": seconds, "credentials": len(keys), "aliases": len(aliases),
            "tenants": len(tenants), "budgets": len(tenants[:BUDGETS * factor]), "ready_ms": engine.ready_seconds * 1000, "runs": []}


def scale(session):
    factors = (1, 10) if session.quick else (1, 10, 100)
    engines = {factor: start_engine(session, factor, "queued") for factor in factors}
    for part in engines.values():
        session.load("calls", part["callers"], "plain", connections=32, warm=0, seconds=1)
    for repeat in range(session.repeats):
        for factor in factors if repeat % 2 == 0 else reversed(factors):
            engines[factor]["runs"].append(
                session.load("calls", engines[factor]["callers"], "plain", connections=32, warm=0.3, seconds=session.seconds))
    first = median(engines[1]["runs"], "target_cpu_us_per_call")
    rows = {}
    for factor, part in engines.items():
        runs = part["runs"]
        cost = median(runs, "target_cpu_us_per_call")
        rows[f"{factor}x"] = {
            **{name: part[name] for name in ("aliases", "tenants", "credentials", "budgets", "ready_ms", "issue_seconds", "runs")},
            "cpu_us_per_call": cost, "growth": cost / first - 1, "spread": spread([row["target_cpu_us_per_call"] for row in runs]),
            "calls_per_second": median(runs, "calls_per_second"), "rss_kib": max(row["rss_most_kib"] for row in runs),
            "errors": sum(row["errors"] for row in runs)}
    table("CPU of a call as the config grows (queued, 32 connections, up to 1,000 credentials in turn)",
          [("", 7, ""), ("aliases", 9, ",d"), ("tenants", 9, ",d"), ("credentials", 13, ",d"), ("budgets", 9, ",d"), ("CPU us", 9, ".1f"),
           ("growth", 9, "+.1%"), ("spread", 9, ".1%"), ("calls/s", 10, ",.0f"), ("RSS MiB", 9, ".0f"), ("ready ms", 10, ".0f"),
           ("issue s", 9, ".1f"), ("errors", 8, "")],
          [(name, row["aliases"], row["tenants"], row["credentials"], row["budgets"], row["cpu_us_per_call"], row["growth"], row["spread"],
            row["calls_per_second"], row["rss_kib"] / 1024, row["ready_ms"], row["issue_seconds"], row["errors"])
           for name, row in rows.items()])
    print(f"  noise floor: equal runs at 1x differ by {rows['1x']['spread']:.1%}")
    return {"rows": rows, "noise_floor": rows["1x"]["spread"]}
