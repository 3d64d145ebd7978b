"""The last results beside the goals of the issue: each goal with its figure, how that was taken, and whether it is met; then
what the cases without a goal found, and from what machine, commit and load each file is. Nothing is measured here."""
import json
import os

import goals

# How a figure of a case was taken, in a few words; the cases' own texts and decision 0130 say more.
METHODS = {
    "throughput": "64 connections; ratio in each repeat, median",
    "latency": "one call at a time, paired with a direct one",
    "many": "64 deltas at 200 ms each, all at once",
    "idle": "CPU time per call, 16 busy connections",
    "scale": "CPU time per call, calls over all of them",
    "console": "CPU time over 30 s, Xvfb, engine inside",
    "start": "exec to the ready line, median of 20",
    "peers": "64 connections; ratio in each repeat, median",
}
MODES = ("queued", "committed")


def load(out, case):
    try:
        with open(os.path.join(out, f"{case}.json")) as f:
            return json.load(f)
    except (OSError, ValueError):
        return None


def dig(value, *names):
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def lane(mode, workers=1):
    return f"signalboxd {mode}, {workers} worker{'s' if workers > 1 else ''}"


class Goals:
    def __init__(self, out):
        self.rows = []  # (goal, figure, what equal runs differ by, verdict, case)
        self.out = out

    def add(self, goal, case, value, form, least=None, most=None, noise=None, near=None, verdict=None):
        """least or most: what is asked. near: a value that close to it is neither met nor missed. verdict: the case's own."""
        if value is None:
            self.rows.append((goal, "not measured", "", "", case))
            return
        if dig(load(self.out, case), "quick"):  # it shows that the case works, and settles nothing
            self.rows.append((goal, form.format(value), noise or "", "quick run", case))
            return
        asked = most if least is None else least
        if near is not None and abs(value - asked) <= near:
            verdict = verdict or "within the noise"
        good = value <= most if least is None else value >= least
        self.rows.append((goal, form.format(value), noise or "", verdict or ("met" if good else "NOT met"), case))

    def throughput(self):
        found = load(self.out, "throughput")
        floor = dig(found, "noise_floor")
        for mode, goal in goals.NGINX.items():
            for workers in (1, 2):
                name = lane(mode, workers)
                spread = dig(found, "rows", name, "spread")
                self.add(f"calls/s, {mode}, {workers} worker{'s' if workers > 1 else ''}: at least {goal} x nginx", "throughput",
                         dig(found, "ratios", name), "{:.2f} x", least=goal, near=None if floor is None else goal * floor,
                         noise=None if floor is None or spread is None else f"floor {floor:.1%}, spread {spread:.1%}")

    def latency(self):
        found = load(self.out, "latency")
        for mode, p50, p99 in (("queued", 60, 200), ("committed", 200, 600)):
            for name, goal in (("p50", p50), ("p99", p99)):
                floor = dig(found, "noise_floor", f"added_{name}_us")
                self.add(f"added to one call, {mode}: {name} at most {goal} us", "latency",
                         dig(found, "rows", lane(mode), f"added_{name}_us"), "{:.0f} us", most=goal,
                         noise=None if floor is None else f"direct again {floor:+.0f} us")

    def many(self):
        found = load(self.out, "many")
        for mode in MODES:
            part = dig(found, "rows", lane(mode))
            begun = part["begun"] if part else 0
            # fewer streams than asked for show that it works and settle nothing
            few = None if not part or part["streams"] >= 8000 else f"{part['streams']:,} only"
            self.add(f"8,000 streams, {mode}: none stalled, lost, doubled, reordered", "many",
                     part and part["begun"] - part["clean"] + part["errors"], f"{{:,}} of {begun:,} not clean", most=0, verdict=few)
            self.add(f"8,000 streams, {mode}: at most 64 KiB each", "many", dig(part, "kib_per_stream"), "{:.1f} KiB", most=64,
                     verdict=few)

    def growth(self):
        idle, scale = dig(load(self.out, "idle"), "rows"), dig(load(self.out, "scale"), "rows")
        for mode in MODES:
            spread = max((part["spread"] for part in (dig(idle, lane(mode)) or {}).values()), default=None)
            self.add(f"cost beside 6,000 idle connections, {mode}: at most +10 %", "idle", dig(idle, lane(mode), "6000", "growth"),
                     "{:+.1%}", most=0.10, near=spread, noise=None if spread is None else f"equal runs {spread:.1%}")
        spread = max((part["spread"] for part in (scale or {}).values()), default=None)
        self.add("cost at 100x tenants, credentials, budgets: at most +10 %", "scale", dig(scale, "100x", "growth"), "{:+.1%}",
                 most=0.10, near=spread, noise=None if spread is None else f"equal runs {spread:.1%}")

    def rest(self):
        rows = dig(load(self.out, "console"), "rows") or {}
        name = next((name for name in rows if name.startswith("console")), None)
        self.add("console at rest: at most 0.5 % of a core", "console", dig(rows, name, "percent") if name else None, "{:.2f} %",
                 most=0.5)
        rows = dig(load(self.out, "start"), "rows") or {}
        for name in rows or ("empty data directory",):
            part = rows.get(name)
            self.add(f"cold start, {name}: at most 300 ms", "start", dig(part, "p50_ms"), "{:.0f} ms", most=300,
                     noise=part and f"{part['min_ms']:.0f} to {part['max_ms']:.0f} ms")

    def peers(self):
        found = load(self.out, "peers")
        judged = {(row["peer"], row["mode"]): row for row in dig(found, "goals") or [] if "mode" in row}
        for name, (shown, least, _) in goals.PEERS.items():
            for mode in MODES:
                row = judged.get((name, mode)) or {}
                low, high, floor = row.get("low"), row.get("high"), dig(found, "noise_floor")
                self.add(f"calls/s, {mode}: at least {least} x {shown}", "peers", row.get("ratio"), "{:.1f} x",
                         least=least, noise=None if low is None or floor is None else f"floor {floor:.1%}, {low:.1f} to {high:.1f}",
                         verdict={"short": "NOT met"}.get(row.get("verdict"), row.get("verdict")))

    def all(self):
        for part in (self.throughput, self.peers, self.latency, self.many, self.growth, self.rest):
            part()
        return self.rows


# -- what has no goal of its own -------------------------------------------------------------------------------------------

def others(out):
    """(case, target, figures) of the cases that the issue asks to be reported and sets no goal for."""
    for size, part in (dig(load(out, "prompts"), "sizes") or {}).items():
        for name, row in part["rows"].items():
            yield "prompts", name, (f"{size}: {row['calls_per_second']:,.0f} calls/s, p99 {row['p99_us']:,.0f} us, "
                                    f"CPU {row['cpu_us_per_call'] or 0:.0f} us a call")
    streams = load(out, "streams")
    for name, most in (dig(streams, "stall_free") or {}).items():
        row = dig(streams, "added", name) or {}
        yield "streams", name, (f"64 deltas at 20 ms: {most:,} without a stall; first token {row.get('first_p50_us', 0):+.0f} us "
                                f"(p99 {row.get('first_p99_us', 0):+.0f}) beside direct")
    for name, row in (dig(load(out, "memory"), "rows") or {}).items():
        yield "memory", name, (f"at rest {row['at_rest_kib'] / 1024:.1f} MiB, an idle connection {row['kib_per_connection']:.1f} KiB, "
                               f"a stream {row['kib_per_stream']:.1f} KiB, after all of it {row['after_streams_again_kib'] / 1024:.1f} MiB")
    overload = load(out, "overload")
    for name, row in (dig(overload, "machine") or {}).items():
        yield "overload", name, (f"three times its capacity: goodput {row['goodput']:.0%}, refused {row['refused']:,}, failed "
                                 f"{row['failed']:,}, p99 {row['p99_ms'] or 0:.0f} ms, recovered after {row['recovered_after_s']} s")
    quota = dig(overload, "quota")
    if quota:
        yield "overload", "three times a quota", (f"goodput {quota['goodput']:.0%}, refused {quota['refused']:,} "
                                                  f"(p99 {quota['refused_p99_ms'] or 0:.1f} ms), failed {quota['failed']:,}")
    for name, row in (dig(load(out, "slow"), "rows") or {}).items():
        yield "slow", name, (f"beside readers that never read: p99 x {row['p99_ratio']:.1f}, calls/s x {row['rate_ratio']:.2f}, "
                             f"{row['kib_per_reader']:.1f} KiB each")
    for name, row in (dig(load(out, "profile"), "rows") or {}).items():
        cost = row["cpu_us_per_call_unsampled"]
        top = sorted(row["stages"].items(), key=lambda item: -item[1]["share"])[:5]
        yield "profile", name, f"{cost:.0f} us of CPU a call: " + ", ".join(f"{stage} {part['share'] * cost:.0f}" for stage, part in top)


def provenance(case, result):
    facts = result["facts"]
    notes = [f"commit {facts['commit'][:8]}{' and changes' if facts['changed'] else ''}", f"load average {facts['load_before'][1]:.1f}",
             f"{result['repeats']} x {result['seconds']:g} s"]
    notes += ["quick: not a figure to keep"] if result["quick"] else []
    notes += [f"{result['errors']} calls failed"] if result["errors"] else []
    notes += [f"load generator was the limit: {', '.join(sorted(set(result['load_bound'])))}"] if result["load_bound"] else []
    notes += [f"{name}: {why}" for name, why in (result.get("skipped") or {}).items()] if isinstance(result.get("skipped"), dict) else []
    return f"{case:12}{facts['date']}  {'; '.join(notes)}"


def print_report(out, cases):
    rows = Goals(out).all()
    heads = ("goal", "measured", "noise", "verdict")
    widths = [max(len(head), *(len(row[i]) for row in rows)) for i, head in enumerate(heads)]
    line = lambda cells, end: "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths)) + f"  {end}"
    print(line(heads, "method (case)"))
    for row in rows:
        print(line(row[:4], f"{METHODS[row[4]]} ({row[4]})").rstrip())

    extra = list(others(out))
    if extra:
        print("\nwithout a goal of their own")
        for case, name, text in extra:
            print(f"  {case:10}{name:32}{text}")

    print("\nwhere the figures are from")
    results = {case: load(out, case) for case in (*cases, "peers")}
    machines = {(f["cpus"], f["cpu"], f["memory_mib"], f["system"], f["nginx"], f["signalboxd"])
                for f in (result["facts"] for result in results.values() if result)}
    for cpus, cpu, memory, system, nginx, engine in sorted(machines, key=str):
        print(f"  machine: {cpus} x {cpu}, {memory / 1024:.1f} GiB, {system}; {nginx}; {engine}; shared with mock and load")
    for case, result in results.items():
        print("  " + (provenance(case, result) if result else f"{case:12}not measured: ./dev bench {case}"))
    count = lambda verdict: sum(1 for row in rows if row[3] == verdict)
    print(f"\nof {len(rows)} goals {count('met')} met, {count('NOT met')} not met, {count('within the noise')} within the noise, "
          f"{count('')} not measured")
    return 0
