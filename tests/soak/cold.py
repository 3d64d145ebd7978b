#!/usr/bin/env python3
"""From exec to the ready line: how long signalboxd takes with an empty data directory, with the demo config, again in the
same directory, and with a record of many calls; and what the command line tool costs a script.

  cold.py [--bin build/release/bin] [--rounds 9] [--calls 100000]

Wall time is the median of the rounds with the least beside it; processor time does not depend on what else the machine
does. The record is made from few real calls by copying their rows.
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sampler
from programs import Programs

GOAL_ENGINE, GOAL_TOOL = 300, 60  # milliseconds


def start(options, directory, *arguments):
    """(process, wall ms to the ready line, processor ms until then, the line)"""
    began = time.monotonic()
    process = subprocess.Popen([f"{options.bin}/signalboxd", "--data-dir", directory, "--gateway", "127.0.0.1:0", "--admin",
                                "127.0.0.1:0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    wall = (time.monotonic() - began) * 1000
    if not line:
        sys.exit(f"signalboxd ended with {process.wait()}")
    return process, wall, sampler.process(process.pid)["cpu_seconds"] * 1000, json.loads(line)


def rounds(options, what, fresh, *arguments, directory=None, goal=GOAL_ENGINE):
    walls, cpus = [], []
    for number in range(options.rounds):
        where = f"{options.scratch}/{number}" if fresh else directory
        process, wall, cpu, _ = start(options, where, *arguments)
        process.terminate()
        process.wait()
        walls.append(wall)
        cpus.append(cpu)
        if fresh:
            shutil.rmtree(where)
    return say(what, walls, cpus, goal)


def say(what, walls, cpus, goal):
    middle = statistics.median(walls)
    print(f"{what:44} {middle:7.0f} ms  (least {min(walls):.0f})  processor {statistics.median(cpus):6.0f} ms  goal {goal} ms  "
          f"{'ok' if middle <= goal else 'ABOVE'}", flush=True)
    return middle <= goal


def tool(options, what, *arguments):
    walls, cpus = [], []
    for _ in range(options.rounds):
        before = os.times()
        began = time.monotonic()
        subprocess.run([f"{options.bin}/signalboxctl", *arguments], stdout=subprocess.DEVNULL, check=True)
        walls.append((time.monotonic() - began) * 1000)
        after = os.times()
        cpus.append((after.children_user + after.children_system - before.children_user - before.children_system) * 1000)
    return say(what, walls, cpus, GOAL_TOOL)


def copied(database, calls):
    """Copies the rows of calls and attempts until there are so many calls; what the record says of each stays."""
    with sqlite3.connect(database) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(calls)")]
        attempts = [row[1] for row in db.execute("PRAGMA table_info(attempts)")]
        if not {"seq", "id"} <= set(columns) or "call" not in attempts:
            return 0
        while (there := db.execute("SELECT count(*), max(seq) FROM calls").fetchone())[0] < calls:
            some, shift = min(there[0], calls - there[0]), there[1]
            picked = ["seq + ?1" if c == "seq" else "id || '-' || ?1" if c == "id" else "''" if c == "idempotency" else f'"{c}"' for c in columns]
            db.execute(f"INSERT INTO calls SELECT {', '.join(picked)} FROM calls WHERE seq <= ?2", (shift, shift if some == there[0] else some))
            picked = ["call + ?1" if c == "call" else f'"{c}"' for c in attempts]
            db.execute(f"INSERT INTO attempts SELECT {', '.join(picked)} FROM attempts WHERE call <= ?2", (shift, shift if some == there[0] else some))
        return there[0]


def record(options):
    """A data directory with many calls, and the config that belongs to it."""
    import asyncio
    import callers
    programs = Programs(options.bin, f"{options.scratch}/record")
    try:
        programs.start_all(1)
        key = programs.credential("acme")
        asyncio.run(callers.capacity(programs.gateway, key, 3, 8))
    finally:
        programs.stop()
    return programs, copied(programs.data / "signalbox.db", options.calls)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=100_000)
    options = parser.parse_args()
    good = True
    with tempfile.TemporaryDirectory(prefix="signalbox-cold-") as options.scratch:
        minimal = pathlib.Path(options.scratch) / "signalbox.yaml"
        minimal.write_text("signalbox: 1\nproviders: [{name: a, kind: simulator}]\naliases: [{name: fast, candidates: [{provider: a, model: sim-small-2026-09-01}]}]\n"
                           "tenants: [{name: acme}]\n")
        good &= rounds(options, "signalboxd, empty data directory", True, "--config", str(minimal))
        good &= rounds(options, "signalboxd --demo, empty data directory", True, "--demo")
        start(options, f"{options.scratch}/again", "--demo")[0].terminate()
        time.sleep(1)
        good &= rounds(options, "signalboxd --demo, again", False, "--demo", directory=f"{options.scratch}/again")
        programs, calls = record(options)
        if calls:
            config = ("--config", str(programs.config_file))
            process, wall, cpu, _ = start(options, str(programs.data), *config)
            print(f"signalboxd, {calls} calls no sum holds yet: {wall:.0f} ms, processor {cpu:.0f} ms; adding them up ...", flush=True)
            time.sleep(calls / 5000 * 5 + 10)  # 5,000 calls are added to the sums every five seconds
            process.terminate()
            process.wait()
            good &= rounds(options, f"signalboxd, a record of {calls} calls", False, *config, directory=str(programs.data))
        else:
            print("the record's tables are not those this script copies; no start with many calls was measured")
        process, *_ = start(options, f"{options.scratch}/again", "--demo")
        good &= tool(options, "signalboxctl --version", "--version")
        good &= tool(options, "signalboxctl status", "status", "--data-dir", f"{options.scratch}/again")
        process.terminate()
        process.wait()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
