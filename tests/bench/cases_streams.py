"""Streams: does anything a reader sees come late, twice, out of order or not at all, and what does a stream cost."""
import targets
from measure import median, table

LADDER = (16, 64, 128, 256, 512, 1024, 2048)


def columns():
    return [("", 30, ""), ("streams", 9, ",d"), ("begun", 8, ",d"), ("clean", 8, ",d"), ("stalled", 9, ""), ("lost/dup/reord", 16, ""),
            ("errors", 8, ""), ("first p50", 11, ",.0f"), ("p99 us", 10, ",.0f"), ("delta p50", 11, ",.0f"), ("p99 us", 10, ",.0f"),
            ("CPU/delta", 11, ".1f"), ("KiB each", 10, ".1f"), ("CPU", 6, ".2f"), ("load", 6, ".2f"), ("mock late p99", 15, ",.0f")]


def line(name, row):
    return (name, row["streams"], row["begun"], row["clean"], row["stalled"],
            f"{row['lost']}/{row['duplicated']}/{row['reordered'] + row['foreign']}", row["errors"], row["first_added"]["p50_us"],
            row["first_added"]["p99_us"], row["delta_delay"]["p50_us"], row["delta_delay"]["p99_us"],
            row.get("target_cpu_us_per_delta"), row["kib_per_stream"] if "target_cpu" in row else None, row.get("target_cpu"),
            row["own_cpu"], row["mock"]["late"]["p99_us"])


def one(session, target, kind, **options):
    session.mock_stats(reset=True)
    row = session.load("streams", target, kind, stream=True, **options)
    row["mock"] = session.mock_stats()
    return row


def clean(row):
    return row["begun"] > 0 and row["clean"] == row["begun"] and row["errors"] == 0


def start_all(session, kinds):
    return [session.start(targets.start_direct), session.start(targets.start_nginx),
            session.start(targets.start_signalboxd, "queued", kinds=kinds),
            session.start(targets.start_signalboxd, "committed", kinds=kinds)]


def streams(session):
    """64 deltas at 20 ms: a few streams for their times; then ever more until some are not clean."""
    found = [target for target in start_all(session, ("stream",)) if target]
    few, ladder = {target.name: [] for target in found}, {}
    for _ in range(session.repeats):
        for target in found:
            few[target.name].append(one(session, target, "stream", streams=16, ramp=100, seconds=max(3, session.seconds)))
    table("16 streams of 64 deltas at 20 ms (last of the repeats)", columns(), [line(name, rows[-1]) for name, rows in few.items()])
    reference = few[found[0].name]
    added = {name: {"first_p50_us": median(rows, "first_added", "p50_us") - median(reference, "first_added", "p50_us"),
                    "first_p99_us": median(rows, "first_added", "p99_us") - median(reference, "first_added", "p99_us"),
                    "delta_p50_us": median(rows, "delta_delay", "p50_us") - median(reference, "delta_delay", "p50_us"),
                    "delta_p99_us": median(rows, "delta_delay", "p99_us") - median(reference, "delta_delay", "p99_us")}
             for name, rows in few.items()}
    for name, row in added.items():
        print(f"  {name}: first token {row['first_p50_us']:+.0f} us (p99 {row['first_p99_us']:+.0f}), each delta "
              f"{row['delta_p50_us']:+.0f} us (p99 {row['delta_p99_us']:+.0f}) beside direct")
    steps = LADDER[:4] if session.quick else LADDER
    for target in found:
        ladder[target.name] = []
        for count in steps:
            row = one(session, target, "stream", streams=count, ramp=max(200, count / 2), seconds=3)
            ladder[target.name].append(row)
            if not clean(row):
                break
    table("more and more streams of 64 deltas at 20 ms, until not all are clean", columns(),
          [line(name, row) for name, rows in ladder.items() for row in rows])
    best = {name: max((row["streams"] for row in rows if clean(row)), default=0) for name, rows in ladder.items()}
    for name, count in best.items():
        print(f"  {name}: {count} streams without a stall{' (the last step tried)' if count == steps[-1] else ''}")
    return {"few": few, "added": added, "ladder": ladder, "stall_free": best}


def many(session):
    """8,000 streams of 5 deltas a second each (reliability.md L2), through an engine that was just started."""
    count = 1000 if session.quick else 8000
    kind = "stream-n64-d200"
    rows = {}
    for starter, options in ((targets.start_direct, {}), (targets.start_nginx, {}),
                             (targets.start_signalboxd, {"acknowledge": "queued", "kinds": (kind,)}),
                             (targets.start_signalboxd, {"acknowledge": "committed", "kinds": (kind,)})):
        target = session.start(starter, **options)
        if not target:
            continue
        # a first call, so that what is made once is not counted against the streams
        session.load("calls", target, kind, connections=1, requests=1, seconds=30, warm=0, stream=True)
        rows[target.name] = one(session, target, kind, streams=count, ramp=500, pace=200, seconds=15)
        session.stop(target)
    table(f"{count:,} streams at once, 64 deltas at 200 ms each", columns(), [line(name, row) for name, row in rows.items()])
    return {"rows": rows}
