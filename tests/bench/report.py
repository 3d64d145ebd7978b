"""The last results beside the goals of the issue: met, or not met and by how much. Nothing is measured here."""
import json
import os

PEERS = {"Portkey": 25, "LiteLLM": 40, "Bifrost": 3}  # calls a second, so many times theirs


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


def goals(out):
    """(goal, case, value, its text, met); value None: not measured."""
    def row(text, case, value, form, met):
        rows.append((text, case, None if value is None else form.format(value), None if value is None else bool(met(value))))

    rows = []
    throughput, latency = load(out, "throughput"), load(out, "latency")
    for mode, goal in (("queued", 0.8), ("committed", 0.6)):
        for workers in (1, 2):
            name = f"signalboxd {mode}, {workers} worker{'s' if workers > 1 else ''}"
            row(f"calls/s, {mode}, {workers} worker{'s' if workers > 1 else ''}: at least {goal} x nginx", "throughput",
                dig(throughput, "ratios", name), "{:.2f} x", lambda v, goal=goal: v >= goal)
    for mode, p50, p99 in (("queued", 60, 200), ("committed", 200, 600)):
        lane = dig(latency, "rows", f"signalboxd {mode}, 1 worker")
        row(f"added at one connection, {mode}: p50 at most {p50} us", "latency", dig(lane, "added_p50_us"), "{:.0f} us",
            lambda v, goal=p50: v <= goal)
        row(f"added at one connection, {mode}: p99 at most {p99} us", "latency", dig(lane, "added_p99_us"), "{:.0f} us",
            lambda v, goal=p99: v <= goal)
    many = load(out, "many")
    for mode in ("queued", "committed"):
        part = dig(many, "rows", f"signalboxd {mode}, 1 worker")
        full = part and part["streams"] >= 8000
        row(f"8,000 streams, {mode}: none stalled, lost, doubled, out of order", "many", part and (
            part["begun"] - part["clean"] + part["errors"]), "{:,} of " + (f"{part['begun']:,}" if part else "") + " not clean"
            + ("" if full or not part else f" ({part['streams']:,} streams only)"), lambda v, full=full: v == 0 and full)
        row(f"8,000 streams, {mode}: at most 64 KiB each", "many", dig(part, "kib_per_stream"), "{:.1f} KiB",
            lambda v, full=full: v <= 64 and full)
    idle = load(out, "idle")
    for mode in ("queued", "committed"):
        row(f"cost of a call with 6,000 idle connections, {mode}: at most +10 %", "idle",
            dig(idle, "rows", f"signalboxd {mode}, 1 worker", "6000", "growth"), "{:+.1%}", lambda v: v <= 0.10)
    row("cost of a call at 100x tenants, credentials, budgets: at most +10 %", "scale", dig(load(out, "scale"), "rows", "100x", "growth"),
        "{:+.1%}", lambda v: v <= 0.10)
    rest = dig(load(out, "console"), "rows") or {}
    name = next((name for name in rest if name.startswith("console")), None)
    row("console at rest: at most 0.5 % of a core", "console", dig(rest, name, "percent") if name else None, "{:.2f} %", lambda v: v <= 0.5)
    start = dig(load(out, "start"), "rows") or {}
    for name in start or ("empty data directory",):
        row(f"cold start, {name}: at most 300 ms", "start", dig(start, name, "p50_ms"), "{:.0f} ms", lambda v: v <= 300)
    peers = load(out, "peers")
    ours = dig(throughput, "rows", "signalboxd queued, 1 worker", "calls_per_second")
    for name, times in PEERS.items():
        theirs = next((part.get("calls_per_second") for peer, part in (dig(peers, "rows") or {}).items()
                       if peer.lower().startswith(name.lower())), None)
        mine = next((part.get("calls_per_second") for peer, part in (dig(peers, "rows") or {}).items()
                     if peer.startswith("signalboxd queued")), ours)
        row(f"calls/s: at least {times} x {name}", "peers", mine / theirs if theirs and mine else None, "{:.1f} x",
            lambda v, times=times: v >= times)
    return rows


def print_report(out, cases):
    rows = goals(out)
    width = max(len(text) for text, *_ in rows)
    print(f"{'goal':{width}}  {'measured':>44}  {'':8}  case")
    for text, case, value, met in rows:
        print(f"{text:{width}}  {value or 'not measured':>44}  {'' if met is None else 'met' if met else 'NOT met':8}  {case}")
    print()
    for case in cases:
        result = load(out, case)
        if result is None:
            print(f"  {case:12}not measured")
            continue
        facts = result["facts"]
        notes = [f"load average {facts['load_before'][1]:.1f}", f"commit {facts['commit'][:8]}{' and changes' if facts['changed'] else ''}"]
        notes += ["quick: not a figure to keep"] if result["quick"] else []
        notes += [f"{result['errors']} calls failed"] if result["errors"] else []
        if isinstance(result.get("noise_floor"), float):
            notes.append(f"noise floor {result['noise_floor']:.1%}")
        notes += [f"load generator was the limit: {', '.join(sorted(set(result['load_bound'])))}"] if result["load_bound"] else []
        print(f"  {case:12}{facts['date']}  {'; '.join(notes)}")
    met = sum(1 for row in rows if row[3])
    print(f"\n{met} of {sum(1 for row in rows if row[3] is not None)} measured goals met, "
          f"{sum(1 for row in rows if row[3] is None)} not measured")
    return 0
