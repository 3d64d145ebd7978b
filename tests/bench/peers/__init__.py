"""What every peer has in common: where it is installed, what its processes see, when it is ready, how it ends.

A peer is one file here with
    ON                                what is switched on in it, in a few words, for the table
    install(home, version)            makes it ready in home; raises CannotInstall with the reason (not there: nothing to do)
    version(home)                     what the installed program says of itself; None: it is not installed
    start(work_dir, mock_port, home)  a running targets.Target that has answered a call; **options: workers
"""
import http.client
import json
import os
import signal
import subprocess
import time

import targets

MODEL = "m-2026-09-01"  # the name of the model at the provider; callers ask for the alias
ALIAS = "fast"


class CannotInstall(Exception):
    """Why a peer cannot be set up here; the run goes on without it and says so."""


def run(words, what, cwd=None, seconds=1500):
    """A step of an installation. Its output is shown only when it fails, and then only its end."""
    try:
        done = subprocess.run(words, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=seconds)
    except OSError as why:
        raise CannotInstall(f"{what}: {why.strerror}: {words[0]}") from why
    except subprocess.TimeoutExpired as why:
        raise CannotInstall(f"{what}: not done after {seconds} seconds") from why
    if done.returncode != 0:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        raise CannotInstall(f"{what}: {' / '.join(lines[-2:])[-300:]}")
    return done.stdout


def says(words, seconds=60):
    """The first line that a program prints; None: it is not there or does not run."""
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if done.returncode == 0 and lines else None


def venv(home, requirement, constraints=None):
    """A Python environment of its own; wheels only, so that nothing is built and no package's own script runs."""
    python = os.path.join(home, "bin", "python")
    run(["python3", "-m", "venv", home], "making a Python environment (Debian: python3-venv)")
    words = [python, "-m", "pip", "install", "-q", "--only-binary", ":all:", requirement]
    run(words + (["-c", constraints] if constraints else []), f"pip install {requirement}")


def package_version(home, name):
    return says([os.path.join(home, "bin", "python"), "-c",
                 f"import importlib.metadata as m; print(m.version({name!r}))"])


def environment(folder, **more):
    """Nothing of ours: no proxy, no key, no configuration from a home directory."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": folder, "LANG": "C.UTF-8", "TMPDIR": folder, **more}


class Peer(targets.Target):
    """A gateway of its own kind: one path for all calls, the alias as the model, and maybe several processes."""
    ready_seconds = None
    log = None

    def stop(self):
        super().stop()
        try:  # what its main process left behind; each peer is a process group of its own
            if self.process:
                os.killpg(self.process.pid, signal.SIGKILL)
        except OSError:
            pass


class Gateway(Peer):
    def path(self, kind):
        return "/v1/chat/completions"

    def model(self, kind):
        return ALIAS


def answers(target, kind="plain"):
    """One call: None when it was answered well, or what came instead."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=10)
    body = json.dumps({"model": target.model(kind), "messages": [{"role": "user", "content": "Is the line clear?"}]})
    try:
        connection.request("POST", target.path(kind), body, {"Content-Type": "application/json", **target.headers})
        response = connection.getresponse()
        text = response.read()
        good = response.status == 200 and b'"choices"' in text
        return None if good else f"status {response.status}: {text[:200].decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as why:
        return str(why) or type(why).__name__
    finally:
        connection.close()


def cpu_ticks(pids):
    ticks = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        except (OSError, IndexError):
            pass
    return ticks


def settle(target, seconds=60):
    """Waits until its processes rest: the first good answer may come from one worker while the next is still starting, and
    what that costs is no cost of a call."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        before = cpu_ticks(target.pids)
        time.sleep(1)
        if cpu_ticks(target.pids) - before <= 0.05 * os.sysconf("SC_CLK_TCK"):
            return


def launch(target, words, folder, seconds=60, **more):
    """Starts the program of a target and waits for its first good answer; that time is its cold start."""
    target.log = os.path.join(folder, "log")
    began = time.monotonic()
    try:
        with open(target.log, "w") as log:
            target.process = subprocess.Popen(words, cwd=folder, env=environment(folder, **more), stdin=subprocess.DEVNULL,
                                              stdout=log, stderr=log, start_new_session=True)
    except OSError as why:
        raise targets.Unavailable(f"{target.name} does not start: {why}") from why
    problem = "it ended"
    try:
        while time.monotonic() - began < seconds and target.process.poll() is None:
            problem = answers(target)
            if problem is None:
                target.ready_seconds = time.monotonic() - began
                return target
            time.sleep(0.005 if time.monotonic() - began < 2 else 0.05)
    except BaseException:
        target.stop()
        raise
    target.stop()
    with open(target.log, errors="replace") as f:
        tail = f.read()[-400:].strip().replace("\n", " / ")
    raise targets.Unavailable(f"{target.name} did not become ready: {problem}; {tail}")
