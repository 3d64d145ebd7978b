#!/usr/bin/env python3
"""The benches: what Signalbox costs beside direct calls and plain nginx, on the same mock and in the same run.

bench.py [CASE ...] [--seconds S] [--repeats N] [--quick]     all cases when none is named; "list" names them
bench.py report                                             the last results beside the goals

Everything is on in the engines measured: credentials, quotas, budgets, prices, and one record for each call. All traffic
stays on 127.0.0.1. A result is build/bench/CASE.json and a table; only calls that fail make the exit code 1.
"""
import argparse
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases_calls  # noqa: E402
import cases_idle  # noqa: E402
import cases_profile  # noqa: E402
import cases_scale  # noqa: E402
import cases_stress  # noqa: E402
import cases_streams  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
import targets  # noqa: E402

CASES = {
    "throughput": (cases_calls.throughput, "calls a second over 64 connections beside nginx"),
    "latency": (cases_calls.latency, "what is added to one call at a time, paired with direct ones"),
    "prompts": (cases_calls.prompts, "prompts of 1 KiB and 100 KiB"),
    "streams": (cases_streams.streams, "64 deltas at 20 ms: first token, delay of each delta, how many without a stall"),
    "many": (cases_streams.many, "8,000 streams at once, memory of each"),
    "idle": (cases_idle.idle, "CPU of a call beside 0, 1,000 and 6,000 connections that wait"),
    "scale": (cases_scale.scale, "CPU of a call with 1, 10 and 100 times the aliases, tenants, credentials, budgets"),
    "start": (cases_idle.start, "cold start with an empty data directory and with 100,000 calls in it"),
    "memory": (cases_idle.memory, "resident memory at rest, of an idle connection, of a stream, and afterwards"),
    "overload": (cases_stress.overload, "three times what fits: goodput, refusals, recovery"),
    "slow": (cases_stress.slow, "readers that never read"),
    "console": (cases_idle.console, "CPU at rest: the console with its engine, the engine alone"),
    "profile": (cases_profile.profile, "CPU of a call by stage"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES) + ", report, list")
    parser.add_argument("--out", default=os.path.join(targets.REPOSITORY, "build", "bench"))
    parser.add_argument("--seconds", type=float, default=3, help="of each run (3)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="see that it works: short runs, one repeat, smaller numbers")
    args = parser.parse_args()
    if args.cases == ["list"]:
        for name, (_, text) in CASES.items():
            print(f"{name:12}{text}")
        return 0
    if args.cases == ["report"]:
        return report.print_report(args.out, CASES)
    unknown = [name for name in args.cases if name not in CASES]
    if unknown:
        parser.error(f"there is no case {unknown[0]}; there are: {', '.join(CASES)}")
    code = 0
    for name in args.cases or CASES:
        session = measure.Session(args.out, 1 if args.quick else args.seconds, 1 if args.quick else args.repeats, args.quick)
        try:
            print(f"\n== {name}: {CASES[name][1]}")
            code |= session.write(name, CASES[name][0](session))
        except (measure.Failed, targets.Unavailable) as why:
            print(f"  {name} was not measured: {why}")
            code = 1
        except Exception:
            traceback.print_exc()
            code = 1
        finally:
            session.close()
    return code


if __name__ == "__main__":
    sys.exit(main())
