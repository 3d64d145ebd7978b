"""Where a call's CPU time goes, by stage: samples with their call chains, each counted for the innermost of our frames.

A sample belongs to the stage of the innermost frame whose name says one; time in Qt, libc, SQLite or the kernel belongs to
whoever called it. What the kernel took is shown in a column of its own. Chains come from DWARF unwinding, which costs the
engine time of its own: shares are meant, not calls per second.
"""
import collections
import os
import re
import shutil
import subprocess

import targets
from measure import Failed, table

# in this order: the first pattern that a frame's name matches says the stage
STAGES = [
    ("upstream", r"gateway::http::Upstream|gateway::engine::(Attempt|upstream|Upstream)|gateway::engine::\w*[uU]pstreamTarget"),
    ("http", r"gateway::http::|llhttp"),
    ("authenticate", r"gateway::credential::|gateway::engine::(Caller|AccessTokens|identify|callerOf)"),
    ("route", r"gateway::routing::|gateway::fallback::|gateway::engine::(Plan|plan|Zone)"),
    ("permit", r"gateway::budget::|gateway::quota::|gateway::engine::(Permit|Estimate|estimate|AttemptCost|attemptCost)"),
    ("store", r"gateway::store::|sqlite3"),
    ("record", r"gateway::audit::|gateway::engine::(CallRecord|Call::\w*[rR]ecord|Handover|\w*::record)|gateway::api::Call\w*Record"),
    ("read request", r"gateway::transform::|simdjson::"),
    ("observe", r"gateway::observability::|gateway::exports::|spdlog"),
    ("call (the rest of it)", r"gateway::engine::"),
    ("other of ours", r"gateway::"),
]
PATTERNS = [(name, re.compile(pattern)) for name, pattern in STAGES]
NONE = "not attributed"


def stage_of(frames):
    for symbol in frames:
        for name, pattern in PATTERNS:
            if pattern.search(symbol):
                return name
    return NONE


def samples(text):
    """(thread, [(symbol, object), ...]) for each sample of perf script, innermost frame first."""
    thread, frames = None, []
    for line in text.splitlines():
        if not line.strip():
            if thread is not None:
                yield thread, frames
            thread, frames = None, []
        elif not line[0].isspace():
            thread, frames = line.rsplit(None, 1)[0].strip() if " " in line else line.strip(), []
        else:
            found = re.match(r"\s+[0-9a-f]+ (.*?) \((.*)\)$", line)
            if found:
                frames.append((found[1], found[2]))
    if thread is not None:
        yield thread, frames


def profile_of(session, target, seconds):
    data = os.path.join(session.work, "perf.data")
    recording = subprocess.Popen(
        ["perf", "record", "-q", "-e", "cpu-clock", "-F", "397", "--call-graph", "dwarf,8192", "-m", "1024",
         "-p", str(target.process.pid), "-o", data,
         "--", "sleep", str(seconds)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    row = session.load("calls", target, "plain", connections=64, warm=0.2, seconds=seconds)
    if recording.wait() != 0:
        raise Failed(f"perf record: {recording.stderr.read().strip()[:300]}")
    text = subprocess.run(["perf", "script", "-i", data, "--no-inline", "-F", "comm,tid,ip,sym,dso"], capture_output=True, text=True,
                          errors="replace").stdout
    os.remove(data)
    by_stage, by_thread, by_leaf, lost = collections.Counter(), collections.Counter(), collections.Counter(), collections.Counter()
    kernel, total = collections.Counter(), 0
    for thread, frames in samples(text):
        total += 1
        stage = stage_of([symbol for symbol, _ in frames])
        by_stage[stage] += 1
        by_thread[re.sub(r"\s+\d+$", "", thread)] += 1
        if frames:
            leaf, where = frames[0]
            in_kernel = "kernel" in where or where.startswith("[")
            kernel[stage] += in_kernel
            by_leaf["(kernel)" if in_kernel else f"{leaf[:70]} ({os.path.basename(where)})"] += 1
            if stage == NONE:
                lost[leaf[:70]] += 1
    if not total:
        raise Failed("perf saw no samples")
    return {"samples": total, "calls_per_second_while_sampled": row["calls_per_second"], "cpu_us_per_call": row["target_cpu_us_per_call"],
            "stages": {name: {"share": n / total, "kernel_share": kernel[name] / total} for name, n in by_stage.most_common()},
            "threads": {name: n / total for name, n in by_thread.most_common()}, "not_attributed": by_stage[NONE] / total,
            "kernel": sum(kernel.values()) / total, "leaves": {name: n / total for name, n in by_leaf.most_common(25)},
            "lost_leaves": {name: n / total for name, n in lost.most_common(10)}}


def profile(session):
    if not shutil.which("perf"):
        print("  skipped: perf is not installed (Debian: linux-perf)")
        return {"skipped": "perf is not installed"}
    result = {}
    for acknowledge in ("queued", "committed"):
        target = session.start(targets.start_signalboxd, acknowledge)
        if not target:
            continue
        session.load("calls", target, "plain", connections=64, warm=0, seconds=1)
        cost = session.load("calls", target, "plain", connections=64, warm=0.2, seconds=session.seconds)["target_cpu_us_per_call"]
        part = profile_of(session, target, 3 if session.quick else 8)
        part["cpu_us_per_call_unsampled"] = cost
        session.stop(target)
        result[target.name] = part
        table(f"{target.name}: {part['samples']:,} samples, {cost:.0f} us of CPU for a call when not sampled",
              [("stage", 26, ""), ("share", 9, ".1%"), ("of it kernel", 14, ".1%"), ("us a call", 11, ".1f")],
              [(name, row["share"], row["kernel_share"], row["share"] * cost) for name, row in part["stages"].items()])
        print(f"  kernel in all {part['kernel']:.1%}; not attributed {part['not_attributed']:.1%}; threads: "
              + ", ".join(f"{name} {share:.0%}" for name, share in part["threads"].items()))
        print("  innermost frames: " + "; ".join(f"{name} {share:.1%}" for name, share in list(part["leaves"].items())[:8]))
    return {"rows": result}
