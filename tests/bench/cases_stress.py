"""More than fits: three times the load an engine can take, and readers that do not read."""
import statistics
import time

import targets
from cases_idle import Held, rss_kib
from measure import table


def overload(session):
    """reliability.md L6, in two ways: the machine is the limit, and what a tenant may is the limit."""
    seconds = 3 if session.quick else 10
    return {"machine": beyond_the_machine(session, seconds), "quota": beyond_the_quota(session, seconds)}


def second_rows(timeline):
    return [second for second in timeline[:-1] if second["good"] or second["refused"] or second["failed"]] or timeline


def beyond_the_machine(session, seconds):
    """Calls begin at three times the rate of the closed loop, whether or not earlier ones are answered."""
    rows = {}
    for starter, options in ((targets.start_nginx, {}), (targets.start_signalboxd, {"acknowledge": "queued"}),
                             (targets.start_signalboxd, {"acknowledge": "committed"})):
        target = session.start(starter, **options)
        if not target:
            continue
        capacity = session.load("calls", target, "plain", connections=64, warm=1, seconds=seconds)["calls_per_second"]
        light = session.load("calls", target, "plain", connections=2000, rate=capacity * 0.3, warm=0.5, seconds=2)
        before = rss_kib(target.pids)
        over = session.load("calls", target, "plain", refusals_count=False, connections=2000, rate=capacity * 3, warm=0,
                            seconds=seconds, timeline=True)
        peak = over["rss_most_kib"]
        after = session.load("calls", target, "plain", refusals_count=False, connections=2000, rate=capacity * 0.3, warm=0,
                             seconds=8, timeline=True)
        limit = max(2 * light["time"]["p99_us"], 5000)
        recovered = next((i for i, second in enumerate(second_rows(after["timeline"])) if second["p99_us"] <= limit), None)
        rows[target.name] = {"capacity": capacity, "goodput": over["calls_per_second"] / capacity, "refused": over["refused"],
                             "failed": over["errors"] - over["refused"], "unsent": over["unsent"],
                             "refused_p99_ms": over.get("refused_time", {}).get("p99_us", 0) / 1000 if over["refused"] else None,
                             "p99_ms": over["time"]["p99_us"] / 1000, "light_p99_ms": light["time"]["p99_us"] / 1000,
                             "rss_rise_mib": (peak - before) / 1024, "recovered_after_s": recovered, "over": over, "after": after}
        session.stop(target)
    table("three times the capacity for the machine, on up to 2,000 connections; then 0.3 of it",
          [("", 30, ""), ("capacity", 10, ",.0f"), ("goodput", 9, ".0%"), ("refused", 9, ",d"), ("in p99 ms", 11, ".0f"),
           ("failed", 8, ",d"), ("p99 ms", 9, ".0f"), ("RSS +MiB", 10, ".0f"), ("recovered s", 13, "")],
          [(name, row["capacity"], row["goodput"], row["refused"], row["refused_p99_ms"], row["failed"], row["p99_ms"],
            row["rss_rise_mib"], row["recovered_after_s"]) for name, row in rows.items()])
    print("  the load generator and the mock take their share of the same cores; unsent calls had no connection free")
    return rows


def beyond_the_quota(session, seconds):
    """20 calls at once are allowed and each takes 100 ms: 200 a second. 600 a second come."""
    kind = "plain-t100"
    config = {"tenants": "", "budgets": ""}
    folder = targets.folder_in(session.work, "quota")
    text = targets.signalbox_config(folder, session.mock.port, "committed", (kind,), **config).replace(
        "concurrency: 100000", "concurrency: 20")
    target = session.start(targets.start_signalboxd, "committed", kinds=(kind,), config=text)
    if not target:
        return {}
    calm = session.load("calls", target, kind, refusals_count=False, connections=500, rate=50, warm=0.5, seconds=2)
    over = session.load("calls", target, kind, refusals_count=False, connections=2000, rate=600, warm=0, seconds=seconds,
                        timeline=True)
    after = session.load("calls", target, kind, refusals_count=False, connections=500, rate=50, warm=0, seconds=6, timeline=True)
    limit = 2 * calm["time"]["p99_us"]
    recovered = next((i for i, second in enumerate(second_rows(after["timeline"]))
                      if second["p99_us"] <= limit and not second["refused"]), None)
    row = {"allowed_per_second": 200, "goodput": over["calls_per_second"] / 200, "refused": over["refused"],
           "refused_without_retry_after": over["refused_without_retry_after"], "failed": over["errors"] - over["refused"],
           "refused_p50_ms": over.get("refused_time", {}).get("p50_us", 0) / 1000,
           "refused_p99_ms": over.get("refused_time", {}).get("p99_us", 0) / 1000, "recovered_after_s": recovered,
           "by_kind": over["errors_by_kind"], "over": over, "after": after}
    table("three times what a tenant may have at once (20 calls of 100 ms)",
          [("", 30, ""), ("goodput", 9, ".0%"), ("refused", 9, ",d"), ("p50 ms", 9, ".0f"), ("p99 ms", 9, ".0f"),
           ("no retry-after", 16, ",d"), ("failed", 8, ",d"), ("recovered s", 13, "")],
          [(target.name, row["goodput"], row["refused"], row["refused_p50_ms"], row["refused_p99_ms"],
            row["refused_without_retry_after"], row["failed"], row["recovered_after_s"])])
    print(f"  refused as: {row['by_kind']}")
    session.stop(target)
    return row


def slow(session):
    """reliability.md L4: readers that never read, a megabyte a second for each of them; what others notice of it."""
    readers = 50 if session.quick else 200
    kind = "stream-n100000-d1-p1000"  # a kilobyte each millisecond, more than the buffers on the way can take
    rows = {}
    for starter, options in ((targets.start_nginx, {}), (targets.start_signalboxd, {"acknowledge": "committed", "kinds": ("plain", kind)})):
        target = session.start(starter, **options)
        if not target:
            continue
        session.load("calls", target, "plain", connections=8, warm=0, seconds=0.5)
        quiet, beside, rises, closed = [], [], [], 0
        for _ in range(session.repeats):
            quiet.append(session.load("calls", target, "plain", connections=8, warm=0.2, seconds=session.seconds))
            before = rss_kib(target.pids)
            stuck = Held(session, target, readers, kind, unread=True, stream=True, ramp=100)
            time.sleep(2)
            beside.append(session.load("calls", target, "plain", connections=8, warm=0.2, seconds=session.seconds))
            end = stuck.end()
            rises.append((max(end["rss_most_kib"], before) - before) / readers)
            closed += end["closed_by_target"]
            time.sleep(1)
        p99 = [statistics.median(row["time"]["p99_us"] for row in rows_) for rows_ in (quiet, beside)]
        rate = [statistics.median(row["calls_per_second"] for row in rows_) for rows_ in (quiet, beside)]
        rows[target.name] = {"p99_quiet_us": p99[0], "p99_beside_us": p99[1], "p99_ratio": p99[1] / p99[0] if p99[0] else None,
                             "rate_ratio": rate[1] / rate[0] if rate[0] else None,
                             "kib_per_reader": statistics.median(rises), "rss_after_kib": rss_kib(target.pids), "closed": closed,
                             "quiet": quiet, "beside": beside}
        session.stop(target)
    table(f"{readers} readers that never read, 1 MB/s for each; others (8 connections) with and without them",
          [("", 30, ""), ("p99 us", 9, ",.0f"), ("beside", 9, ",.0f"), ("ratio", 8, ".2f"), ("calls/s ratio", 15, ".2f"),
           ("KiB/reader", 12, ".0f"), ("put off", 9, "")],
          [(name, row["p99_quiet_us"], row["p99_beside_us"], row["p99_ratio"], row["rate_ratio"], row["kib_per_reader"], row["closed"])
           for name, row in rows.items()])
    return {"rows": rows}
