"""One measuring session: its folders, the mock, the load generator, the facts of the machine, and where results go.

Nothing here judges: a case measures, prints a table and leaves build/bench/<case>.json; only failed calls make a run fail.
"""
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import time
import urllib.request

import targets


class Failed(Exception):
    """The load generator could not do its work; the run ends with exit code 1."""


def cpu_model():
    try:
        with open("/proc/cpuinfo") as f:
            return re.search(r"model name\s*: (.+)", f.read())[1]
    except (OSError, TypeError):
        return platform.processor()


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    text = (done.stdout or done.stderr).strip()
    return text.splitlines()[0] if text else None


def facts():
    """What a figure depends on. The load averages say whether the machine was busy with something else."""
    repository = targets.REPOSITORY
    git = lambda *words: subprocess.run(["git", "-C", repository, *words], capture_output=True, text=True).stdout.strip()
    return {
        "cpus": os.cpu_count(), "cpu": cpu_model(), "system": platform.platform(), "load_before": os.getloadavg(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "commit": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain", "-uno")),
        "nginx": first_line(shutil.which("nginx") or "/usr/sbin/nginx", "-v"),
        "signalboxd": first_line(os.path.join(targets.BIN, "signalboxd"), "--version"),
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def median(rows, *names):
    """The median of a field (or of a field inside a field) over runs that have it."""
    values = []
    for row in rows:
        for name in names:
            row = row.get(name) if isinstance(row, dict) else None
        if row is not None:
            values.append(row)
    return statistics.median(values) if values else None


def spread(values):
    """How far equal runs lie apart, as a share of their median."""
    values = [v for v in values if v is not None]
    middle = statistics.median(values) if values else 0
    return (max(values) - min(values)) / middle if middle else 0.0


def judge(measured, least, floor):
    """Met or missed only when every repeat says so, and by more than what two equal runs differ by."""
    value, low, high = measured
    if least is None:
        return ""
    if value is None:
        return "not measured"
    if low <= least <= high or abs(value / least - 1) <= floor:
        return "within the noise"
    return "met" if value > least else "short"


def show(value, form):
    return "-" if value is None else format(value, form)


def table(title, columns, rows):
    """columns: (heading, width, format). The first column is text, left."""
    print(f"\n{title}")
    print("  " + "".join(f"{heading:{'<' if i == 0 else '>'}{width}}" for i, (heading, width, _) in enumerate(columns)))
    for row in rows:
        print("  " + "".join(f"{show(value, form) if form else str(value):{'<' if i == 0 else '>'}{width}}"
                             for i, (value, (_, width, form)) in enumerate(zip(row, columns))))


class Session:
    def __init__(self, out, seconds=3.0, repeats=3, quick=False):
        self.out = os.path.abspath(out)
        self.seconds, self.repeats, self.quick = seconds, repeats, quick
        self.work = os.path.join(self.out, f"work-{os.getpid()}")
        os.makedirs(self.work)
        self.running = []
        self.errors = {}
        self.load_bound = []
        self._mock = None
        self.facts = facts()

    # -- programs -----------------------------------------------------------------------------------------------------

    @property
    def mock(self):
        if not self._mock:
            self._mock = targets.start_mock(self.work)
        return self._mock

    def start(self, starter, *arguments, **options):
        """A target of this session, or None with the reason printed."""
        try:
            target = starter(self.work, self.mock.port, *arguments, **options)
        except targets.Unavailable as why:
            print(f"  skipped: {starter.__name__.removeprefix('start_')}: {why}")
            return None
        self.running.append(target)
        return target

    def stop(self, *some):
        for target in some or list(self.running):
            target.stop()
            if target in self.running:
                self.running.remove(target)

    def close(self):
        self.stop(*self.running)
        if self._mock:
            self._mock.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def mock_stats(self, reset=False):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.mock.port}/stats{'/reset' if reset else ''}") as answer:
            return json.load(answer)

    # -- load ---------------------------------------------------------------------------------------------------------

    @staticmethod
    def command(run, over, kind, **options):
        """over: one target or a list of them. An option True is a bare flag; None and False are left out."""
        words = [targets.program("bench_load"), run]
        for target in over if isinstance(over, (list, tuple)) else [over]:
            words += ["--target", f"{target.name};{target.port};{target.path(kind)};{target.model(kind)}"]
            for name, value in target.headers.items():
                words += ["--header", f"{name}: {value}"]
            for pid in target.pids:
                words += ["--pid", str(pid)]
        for name, value in options.items():
            if value is not None and value is not False:
                words += [f"--{name}"] + ([] if value is True else [str(value)])
        return words

    def load(self, run, over, kind, refusals_count=True, **options):
        # far more than any run takes: a target that stops answering ends the run, not the night
        bound = 120 + 3 * float(options.get("seconds") or 0)
        try:
            done = subprocess.run(self.command(run, over, kind, **options), capture_output=True, text=True, timeout=bound)
        except subprocess.TimeoutExpired as why:
            raise Failed(f"bench_load {run} did not end within {bound:.0f} seconds") from why
        if not done.stdout.strip():
            raise Failed(f"bench_load {run} ended with {done.returncode}: {done.stderr.strip()}")
        result = json.loads(done.stdout.strip().splitlines()[-1])
        self.note(run, over, result, refusals_count)
        return result

    def note(self, run, over, result, refusals_count=True):
        name = over.name if not isinstance(over, (list, tuple)) else "targets in turn"
        errors = result.get("errors", 0) - (0 if refusals_count else result.get("refused", 0))
        if run == "calls" and not result.get("good") and result["seconds"] >= 1:  # a shorter one only warms
            errors += 1
            print(f"  {name} answered no call at all in {result['seconds']:.1f} s")
        if errors:
            kinds = result.get("errors_by_kind") or [row.get("errors_by_kind") for row in result.get("targets", [])]
            self.errors[name] = self.errors.get(name, 0) + errors
            print(f"  {errors} calls of {name} failed: {kinds}")
        if result.get("load_bound"):
            self.load_bound.append(f"{run} on {name}")

    def interleaved(self, all_targets, kind, repeats=None, **options):
        """Runs by target: each repeat asks every target once, forwards and backwards in turn, after one round to warm."""
        runs = {target.name: [] for target in all_targets}
        for target in all_targets:
            self.load("calls", target, kind, **{**options, "warm": 0, "seconds": 0.5})
        for repeat in range(repeats or self.repeats):
            for target in all_targets if repeat % 2 == 0 else list(reversed(all_targets)):
                self.mock_stats(reset=True)
                row = self.load("calls", target, kind, **{"warm": 0.3, "seconds": self.seconds, **options})
                row["mock_cpu"] = self.mock_stats()["own_cpu"]
                runs[target.name].append(row)
        return runs

    # -- result -------------------------------------------------------------------------------------------------------

    def write(self, case, result):
        """Leaves the case's JSON; returns the exit code."""
        result = {"case": case, "facts": self.facts, "quick": self.quick, "seconds": self.seconds, "repeats": self.repeats,
                  "errors": sum(self.errors.values()), "errors_by_target": self.errors, "load_bound": self.load_bound, **result}
        path = os.path.join(self.out, f"{case}.json")
        with open(path, "w") as f:
            json.dump(result, f, indent=1)
        if self.load_bound:
            print(f"  the load generator itself was the limit in: {', '.join(sorted(set(self.load_bound)))}")
        busy = result["facts"]["load_before"][1]
        print(f"  written to {os.path.relpath(path)}; load average of the five minutes before {busy:.1f} on {os.cpu_count()} cores")
        if result["errors"]:
            print(f"  {result['errors']} calls failed; the figures are not worth anything")
        return 1 if result["errors"] else 0
