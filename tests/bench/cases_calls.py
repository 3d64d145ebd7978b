"""Plain calls: how many a second, what one of them takes longer, and with larger prompts."""
import statistics

import targets
from measure import median, spread, table


class Again:
    """The same target under another name: what differs between the two is noise."""

    def __init__(self, target):
        self.target, self.name = target, target.name + ", again"

    def __getattr__(self, name):
        return getattr(self.target, name)


def rates(runs):
    return [row["calls_per_second"] for row in runs]


def ratio_by_repeat(runs, name, beside):
    """Compared within each repeat, then the median: the machine's slow changes fall out."""
    pairs = [(a["calls_per_second"], b["calls_per_second"]) for a, b in zip(runs[name], runs[beside])]
    return statistics.median(a / b for a, b in pairs if b) if pairs and all(b for _, b in pairs) else None


def ratio_and_range(runs, name, beside):
    """Median, least and most of the repeats; each ratio is taken within one repeat."""
    pairs = [(a["calls_per_second"], b["calls_per_second"]) for a, b in zip(runs[name], runs[beside])]
    found = [a / b for a, b in pairs if b]
    return (statistics.median(found), min(found), max(found)) if found and len(found) == len(pairs) else (None, None, None)


def summary(runs):
    return {name: {
        "calls_per_second": median(rows, "calls_per_second"), "spread": spread(rates(rows)),
        "p50_us": median(rows, "time", "p50_us"), "p99_us": median(rows, "time", "p99_us"),
        "cpu_us_per_call": median(rows, "target_cpu_us_per_call"), "load_cpu": median(rows, "own_cpu"),
        "mock_cpu": median(rows, "mock_cpu"), "errors": sum(row["errors"] for row in rows), "runs": rows,
    } for name, rows in runs.items()}


def print_rates(title, rows, ratios):
    table(title, [("", 30, ""), ("calls/s", 10, ",.0f"), ("spread", 9, ".1%"), ("x nginx", 9, ".2f"), ("p50 us", 11, ",.0f"),
                  ("p99 us", 11, ",.0f"), ("CPU us", 10, ".1f"), ("load CPU", 10, ".2f"), ("mock CPU", 10, ".2f"), ("errors", 8, "")],
          [(name, row["calls_per_second"], row["spread"], ratios.get(name), row["p50_us"], row["p99_us"], row["cpu_us_per_call"],
            row["load_cpu"], row["mock_cpu"], row["errors"]) for name, row in rows.items()])


def throughput(session):
    direct = session.start(targets.start_direct)
    found = [direct, Again(direct)]
    for workers in (1, 2):
        found += [session.start(targets.start_nginx, workers=workers),
                  session.start(targets.start_signalboxd, "queued", workers=workers),
                  session.start(targets.start_signalboxd, "committed", workers=workers)]
    found = [target for target in found if target]
    runs = session.interleaved(found, "plain", connections=64)
    ratios = {}
    for workers in (1, 2):
        s = "s" if workers > 1 else ""
        for mode in ("queued", "committed"):
            name, beside = f"signalboxd {mode}, {workers} worker{s}", f"nginx, {workers} worker{s}"
            if name in runs and beside in runs:
                ratios[name] = ratio_by_repeat(runs, name, beside)
    rows = summary(runs)
    floor = abs(1 - ratio_by_repeat(runs, direct.name + ", again", direct.name))
    print_rates("300-byte answers over 64 connections", rows, ratios)
    print(f"  noise floor: the same target measured twice in each repeat differs by {floor:.1%} (median); spreads are over repeats")
    return {"rows": rows, "ratios": ratios, "noise_floor": floor}


def interval(part, form):
    return f"{part['us']:{form}} [{part['low_us']:{form}}, {part['high_us']:{form}}]"


def print_paired(title, result):
    table(title, [("", 30, ""), ("p50 us", 10, ".1f"), ("p99 us", 10, ".0f"), ("added p50 [95 %]", 28, ""),
                  ("added p99 [95 %]", 24, ""), ("p99-p99", 9, ".0f"), ("errors", 8, "")],
          [(lane["name"], lane["p50"]["us"], lane["p99"]["us"], interval(lane["added_p50"], ".1f") if "added_p50" in lane else "",
            interval(lane["added_p99"], ".0f") if "added_p99" in lane else "", lane.get("p99_minus_p99_us"), lane["errors"])
           for lane in result["targets"] if "p50" in lane])


def latency(session):
    found = [session.start(targets.start_direct), session.start(targets.start_nginx),
             session.start(targets.start_signalboxd, "queued"), session.start(targets.start_signalboxd, "committed")]
    found = [target for target in found if target]
    parts = [session.load("paired", found, "plain", seconds=session.seconds * 2, warm=200) for _ in range(session.repeats)]
    for number, part in enumerate(parts):
        print_paired(f"one call at a time, each round in an order drawn anew: run {number + 1} of {len(parts)}, "
                     f"{part['rounds']} rounds", part)
    rows = {}
    for i, lane in enumerate(parts[0]["targets"]):
        if i:
            lanes = [part["targets"][i] for part in parts]
            rows[lane["name"]] = {"added_p50_us": median(lanes, "added_p50", "us"), "added_p99_us": median(lanes, "added_p99", "us"),
                                  "p99_minus_p99_us": median(lanes, "p99_minus_p99_us"), "p50_us": median(lanes, "p50", "us"),
                                  "errors": sum(lane["errors"] for lane in lanes)}
    table("added to a direct call, median of the runs", [("", 30, ""), ("p50 us", 9, ".1f"), ("p99 us", 9, ".0f"), ("p99-p99", 9, ".0f")],
          [(name, row["added_p50_us"], row["added_p99_us"], row["p99_minus_p99_us"]) for name, row in rows.items()])
    again = rows[found[0].name + ", again"]
    print(f"  noise floor (direct against direct): p50 {again['added_p50_us']:+.1f} us, p99 {again['added_p99_us']:.0f} us; "
          "added p99 is that of the differences, p99-p99 the difference of the two p99s")
    return {"rows": rows, "noise_floor": again, "runs": parts}


def prompts(session):
    found = [session.start(targets.start_direct), session.start(targets.start_nginx),
             session.start(targets.start_signalboxd, "queued"), session.start(targets.start_signalboxd, "committed")]
    found = [target for target in found if target]
    result = {}
    for size in (1024, 100 * 1024):
        runs = session.interleaved(found, "plain", connections=16, prompt=size)
        ratios = {name: ratio_by_repeat(runs, name, "nginx, 1 worker") for name in runs
                  if name.startswith("signalboxd") and "nginx, 1 worker" in runs}
        rows = summary(runs)
        print_rates(f"prompts of {size // 1024} KiB over 16 connections", rows, ratios)
        result[f"{size // 1024} KiB"] = {"rows": rows, "ratios": ratios}
    small, large = (result[name]["rows"] for name in ("1 KiB", "100 KiB"))
    for name, row in large.items():
        if row["cpu_us_per_call"] and small[name]["cpu_us_per_call"]:
            print(f"  {name}: {(row['cpu_us_per_call'] - small[name]['cpu_us_per_call']) / 99:.2f} us of CPU for each further KiB")
    return {"sizes": result}
