"""What is there without being used: connections that wait, an engine at rest, a console on the screen; and the start."""
import json
import os
import shutil
import statistics
import subprocess
import time

import targets
from cases_streams import one
from measure import Failed, median, spread, table


def cpu_seconds(pid):
    """Of all threads of a process, ended ones too, by the clock the kernel keeps for it."""
    return time.clock_gettime((~pid << 3) | 2)


def rss_kib(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm") as f:
                total += int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
        except OSError:
            pass
    return total


class Held:
    """Connections that each made one call and then wait, in a process of their own, while something else is measured."""

    def __init__(self, session, target, count, kind="plain", **options):
        self.session, self.target = session, target
        self.process = subprocess.Popen(session.command("hold", target, kind, connections=count, **options),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Failed(f"bench_load hold ended with {self.process.wait()}")
        self.held = json.loads(line)["held"]

    def end(self):
        text, _ = self.process.communicate()
        result = json.loads(text.strip().splitlines()[-1])
        self.session.note("hold", self.target, result)
        return result


def idle(session):
    counts = (0, 200, 1000) if session.quick else (0, 1000, 6000)
    found = [session.start(targets.start_nginx), session.start(targets.start_signalboxd, "queued"),
             session.start(targets.start_signalboxd, "committed")]
    found = [target for target in found if target]
    runs = {target.name: {count: [] for count in counts} for target in found}
    for target in found:
        session.load("calls", target, "plain", connections=16, warm=0, seconds=1)
    for repeat in range(session.repeats):
        for target in found:
            for count in counts if repeat % 2 == 0 else reversed(counts):
                held = Held(session, target, count) if count else None
                time.sleep(0.3)
                row = session.load("calls", target, "plain", connections=16, warm=0.3, seconds=session.seconds)
                if held:
                    end = held.end()
                    row["held"], row["closed"] = end["held_at_end"], end["closed_by_target"]
                    row["kib_per_connection"] = end["kib_per_connection"]
                runs[target.name][count].append(row)
    rows, result = [], {}
    for name, by_count in runs.items():
        first = median(by_count[0], "target_cpu_us_per_call")
        result[name] = {}
        for count, some in by_count.items():
            cost = median(some, "target_cpu_us_per_call")
            result[name][str(count)] = {
                "cpu_us_per_call": cost, "growth": cost / first - 1, "calls_per_second": median(some, "calls_per_second"),
                "spread": spread([row["target_cpu_us_per_call"] for row in some]), "runs": some}
            rows.append((name, count, cost, cost / first - 1, result[name][str(count)]["spread"],
                         median(some, "calls_per_second"), median(some, "time", "p99_us"),
                         sum(row.get("closed", 0) for row in some), sum(row["errors"] for row in some)))
    table("CPU of a call beside connections that do nothing (16 busy ones)",
          [("", 30, ""), ("idle", 8, ",d"), ("CPU us", 9, ".1f"), ("growth", 9, "+.1%"), ("spread", 9, ".1%"), ("calls/s", 10, ",.0f"),
           ("p99 us", 9, ",.0f"), ("closed", 8, ""), ("errors", 8, "")], rows)
    floor = max(part["0"]["spread"] for part in result.values())
    print(f"  noise floor: equal runs without idle connections differ by up to {floor:.1%}")
    return {"rows": result, "noise_floor": floor}


def memory(session):
    """Resident memory of one engine through its life: at rest, with idle connections, with streams, and after them."""
    count = 500 if session.quick else 4000
    rows = {}
    kind = "stream-n64-d200"
    for starter, options in ((targets.start_nginx, {}), (targets.start_signalboxd, {"acknowledge": "queued", "kinds": ("plain", kind)}),
                             (targets.start_signalboxd, {"acknowledge": "committed", "kinds": ("plain", kind)})):
        target = session.start(starter, **options)
        if not target:
            continue
        row = {"started_kib": rss_kib(target.pids)}
        time.sleep(3)
        row["at_rest_kib"] = rss_kib(target.pids)
        session.load("calls", target, "plain", connections=64, warm=0, seconds=session.seconds)
        time.sleep(2)
        row["after_calls_kib"] = rss_kib(target.pids)
        held = Held(session, target, count)
        time.sleep(1)
        row["kib_per_connection"] = held.end()["kib_per_connection"]
        time.sleep(2)
        row["after_connections_kib"] = rss_kib(target.pids)
        row["streams"] = one(session, target, kind, streams=count // 2, ramp=400, pace=200, seconds=5)
        row["kib_per_stream"] = row["streams"]["kib_per_stream"]
        time.sleep(3)
        row["after_streams_kib"] = rss_kib(target.pids)
        # the same once more: what is kept for reuse does not grow, a leak does
        again = one(session, target, kind, streams=count // 2, ramp=400, pace=200, seconds=5)
        time.sleep(3)
        row["after_streams_again_kib"], row["streams_again"] = rss_kib(target.pids), again
        rows[target.name] = row
        session.stop(target)
    table(f"resident memory, MiB ({count:,} idle connections, then {count // 2:,} streams, twice)",
          [("", 30, ""), ("at rest", 9, ".1f"), ("after calls", 13, ".1f"), ("KiB/idle", 10, ".1f"), ("after", 8, ".1f"),
           ("KiB/stream", 12, ".1f"), ("after", 8, ".1f"), ("after again", 13, ".1f")],
          [(name, row["at_rest_kib"] / 1024, row["after_calls_kib"] / 1024, row["kib_per_connection"],
            row["after_connections_kib"] / 1024, row["kib_per_stream"], row["after_streams_kib"] / 1024,
            row["after_streams_again_kib"] / 1024) for name, row in rows.items()])
    return {"rows": rows}


def start(session):
    """exec to the ready line. The files are in the page cache: a machine's first start after boot takes longer."""
    calls = 5000 if session.quick else 100_000
    times = 5 if session.quick else 20
    filled = session.start(targets.start_signalboxd, "queued", workers=1)
    if not filled:
        raise Failed("no signalboxd")
    data = os.path.join(session.work, "filled")
    session.load("calls", filled, "plain", connections=64, warm=0, seconds=600, requests=calls)
    session.stop(filled)
    shutil.copytree(filled.data, data)
    rows = {}
    for name, folder in (("empty data directory", None), (f"{calls:,} calls in it", data)):
        took, first = [], []
        for _ in range(times):
            target = targets.start_signalboxd(session.work, session.mock.port, "committed", data=folder, credential=False)
            took.append(target.ready_seconds * 1000)
            began = time.monotonic()
            target.stop()
            first.append((time.monotonic() - began) * 1000)
            if not folder:
                shutil.rmtree(target.data)
        took.sort()
        rows[name] = {"p50_ms": statistics.median(took), "max_ms": took[-1], "min_ms": took[0], "stop_p50_ms": statistics.median(first),
                      "all_ms": took}
    size = sum(os.path.getsize(os.path.join(data, name)) for name in os.listdir(data) if os.path.isfile(os.path.join(data, name)))
    table(f"cold start, exec to the ready line, {times} times each (the filled directory is {size / 1e6:.0f} MB)",
          [("", 30, ""), ("p50 ms", 9, ".0f"), ("min", 8, ".0f"), ("max", 8, ".0f"), ("stop p50 ms", 13, ".0f")],
          [(name, row["p50_ms"], row["min_ms"], row["max_ms"], row["stop_p50_ms"]) for name, row in rows.items()])
    return {"rows": rows, "bytes": size}


def console(session):
    """CPU at rest: the console with its embedded engine on a screen of its own, and the engine without a window."""
    seconds = 5 if session.quick else 30
    rows = {}
    daemon = session.start(targets.start_signalboxd)
    if daemon:
        rows["signalboxd at rest"] = at_rest(daemon.process, seconds)
        session.stop(daemon)
    binary = os.path.join(targets.BIN, "signalbox")
    screen = None
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    if not os.access(binary, os.X_OK):
        print("  skipped: console: signalbox is not built (cmake --build --preset release --target signalbox)")
    else:
        if shutil.which("Xvfb"):
            screen = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            environment.update(DISPLAY=f":{screen.stdout.readline().strip()}", QT_QPA_PLATFORM="xcb")
        folder = targets.folder_in(session.work, "console")
        config = os.path.join(folder, "signalbox.yaml")
        with open(config, "w") as f:
            f.write(targets.signalbox_config(folder, session.mock.port)
                    + 'server: {gateway: "127.0.0.1:0", admin: "127.0.0.1:0"}\n')
        with open(os.path.join(folder, "log"), "w") as log:
            process = subprocess.Popen([binary, "--config", config, "--data-dir", os.path.join(folder, "data")], env=environment,
                                       stdout=log, stderr=log)
        try:
            time.sleep(5)
            if process.poll() is not None:
                with open(os.path.join(folder, "log")) as f:
                    print(f"  skipped: console ended with {process.returncode}: {f.read()[-300:]}")
            else:
                name = f"console, {'Xvfb' if screen else 'offscreen'}, with its engine"
                rows[name] = at_rest(process, seconds)
        finally:
            for child in (process, screen):
                if child:
                    child.terminate()
                    try:
                        child.wait(10)
                    except subprocess.TimeoutExpired:
                        child.kill()
                        child.wait()
    table(f"at rest, over {seconds} s", [("", 40, ""), ("% of a core", 13, ".2f"), ("MiB", 8, ".0f"), ("switches/s", 12, ".1f")],
          [(name, row["percent"], row["rss_kib"] / 1024, row["switches_per_second"]) for name, row in rows.items()])
    return {"rows": rows}


def switches(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status") as f:
            total += sum(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt_switches"))
    return total


def at_rest(process, seconds):
    time.sleep(3)
    cpu, waits, began = cpu_seconds(process.pid), switches(process.pid), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    return {"percent": (cpu_seconds(process.pid) - cpu) / took * 100, "rss_kib": rss_kib([process.pid]), "seconds": took,
            "switches_per_second": (switches(process.pid) - waits) / took}
