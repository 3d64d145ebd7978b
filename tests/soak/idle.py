#!/usr/bin/env python3
"""What an idle Signalbox costs: the processor time and the wake-ups of each thread, engine and console, page by page.

The figures come from /proc/PID/task/*/schedstat (nanoseconds on a processor) and from the voluntary context switches,
so a busy machine beside us does not falsify them. No traffic; the console has its embedded engine (demo) and a page
that is visible: under Xvfb when it is installed, else on Qt's offscreen platform.

  idle.py --bin build/release/bin [--seconds 60] [--pages server,traffic,...] [--platform xvfb|offscreen] [--daemon]
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PAGES = ["server", "traffic", "providers", "routes", "budgets", "limits", "zones", "checklist"]
GOAL_CONSOLE = 0.5  # per cent of a core (issue 6)
GOAL_ENGINE = 0.2


def threads(pid):
    """{tid: (name, nanoseconds, voluntary switches)} of a process now."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            ran = int((task / "schedstat").read_text().split()[0])
            switches = next(int(line.split()[1]) for line in (task / "status").read_text().splitlines()
                            if line.startswith("voluntary_ctxt_switches"))
        except (FileNotFoundError, ProcessLookupError, StopIteration):
            continue
        found[int(task.name)] = (name, ran, switches)
    return found


def measure(pid, seconds):
    before, started = threads(pid), time.monotonic()
    time.sleep(seconds)
    after, took = threads(pid), time.monotonic() - started
    rows = []
    for tid, (name, ran, switches) in after.items():
        _, ran0, switches0 = before.get(tid, (name, 0, 0))
        rows.append({"thread": name, "cpu_percent": (ran - ran0) / took / 1e7, "wakes_per_second": (switches - switches0) / took})
    rows.sort(key=lambda row: -row["cpu_percent"])
    return {"seconds": took, "cpu_percent": sum(row["cpu_percent"] for row in rows),
            "wakes_per_second": sum(row["wakes_per_second"] for row in rows), "threads": rows}


def say(what, result, goal):
    verdict = "ok" if result["cpu_percent"] <= goal else "ABOVE"
    print(f"{what:<22} {result['cpu_percent']:6.3f} % of a core  {result['wakes_per_second']:6.1f} wakes/s  goal {goal} %  {verdict}", flush=True)
    for row in result["threads"]:
        if row["cpu_percent"] >= 0.005 or row["wakes_per_second"] >= 0.2:
            print(f"    {row['thread']:<18} {row['cpu_percent']:6.3f} %  {row['wakes_per_second']:6.1f} wakes/s", flush=True)


class Xvfb:
    """A display of our own; ends with the block."""

    def __enter__(self):
        read, write = os.pipe()
        self.process = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
                                        pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ":" + pipe.readline().strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def run(command, environment, warm_up, seconds, ready_line):
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if ready_line:
            process.stdout.readline()
        time.sleep(warm_up)
        if process.poll() is not None:
            sys.exit(f"{command[0]} ended with {process.returncode}")
        return measure(process.pid, seconds)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=12)
    parser.add_argument("--pages", default=",".join(PAGES))
    parser.add_argument("--platform", default="xvfb" if shutil.which("Xvfb") else "offscreen")
    parser.add_argument("--daemon", action="store_true", help="only signalboxd")
    parser.add_argument("--out", default="")
    options = parser.parse_args()

    results, failed = {}, False
    with tempfile.TemporaryDirectory(prefix="signalbox-idle-") as scratch:
        home = dict(os.environ, HOME=scratch, XDG_CONFIG_HOME=scratch + "/config", XDG_DATA_HOME=scratch + "/share",
                    DBUS_SESSION_BUS_ADDRESS="disabled:")
        daemon = [f"{options.bin}/signalboxd", "--demo", "--data-dir", scratch + "/engine", "--gateway", "127.0.0.1:0",
                  "--admin", "127.0.0.1:0"]
        results["signalboxd"] = run(daemon, home, options.warm_up, options.seconds, True)
        say("signalboxd", results["signalboxd"], GOAL_ENGINE)
        failed |= results["signalboxd"]["cpu_percent"] > GOAL_ENGINE

        def consoles(environment):
            nonlocal failed
            for page in [] if options.daemon else options.pages.split(","):
                command = [f"{options.bin}/signalbox", "--demo", "--data-dir", f"{scratch}/console-{page}", "--page", page]
                results[page] = run(command, environment, options.warm_up, options.seconds, False)
                say(f"console, {page}", results[page], GOAL_CONSOLE)
                failed |= results[page]["cpu_percent"] > GOAL_CONSOLE

        if options.platform == "xvfb" and not options.daemon:
            with Xvfb() as display:
                consoles(dict(home, DISPLAY=display.display, QT_QPA_PLATFORM="xcb"))
        else:
            consoles(dict(home, QT_QPA_PLATFORM="offscreen"))
    if options.out:
        pathlib.Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(options.out).write_text(json.dumps(results, indent=1))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
