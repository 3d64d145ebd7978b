"""What a process holds, read from outside (/proc) and from what it says of itself (/metrics)."""
import http.client
import json
import os
import pathlib
import re

SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? ([-+.\deEinfNa]+)$")


class Admin:
    """The admin API, one question at a time."""

    def __init__(self, port, token):
        self.port, self.token = port, token

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"GET {path}: {answer.status} {body[:300]!r}")
            return body
        finally:
            connection.close()

    def json(self, path):
        return json.loads(self.get(path))

    def metrics(self):
        """[(name, {label: value}, value)]"""
        rows = []
        for line in self.get("/metrics").decode().splitlines():
            if match := SAMPLE.match(line):
                labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
                rows.append((match[1], labels, float(match[3])))
        return rows


def total(rows, name):
    values = [value for found, _, value in rows if found == name]
    return sum(values) if values else None


def by(rows, name, label):
    return {labels[label]: value for found, labels, value in rows if found == name and value}


def process(pid):
    facts = {}
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    for line in status.splitlines():
        key, _, value = line.partition(":")
        if key == "VmRSS":
            facts["rss"] = int(value.split()[0]) * 1024
        elif key == "Threads":
            facts["threads"] = int(value)
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            key, _, value = line.partition(":")
            if key in ("Pss", "Anonymous"):
                facts[key.lower()] = int(value.split()[0]) * 1024
    except OSError:
        pass
    facts["fds"] = len(os.listdir(f"/proc/{pid}/fd"))
    ran = wakes = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            ran += int((task / "schedstat").read_text().split()[0])
            wakes += next(int(line.split()[1]) for line in (task / "status").read_text().splitlines()
                          if line.startswith("voluntary"))
        except (OSError, StopIteration):
            pass
    facts["cpu_seconds"], facts["wakes"] = ran / 1e9, wakes
    return facts


def files(directory):
    """Bytes of the database, its write-ahead log, and whatever else the data directory holds (journals)."""
    sizes = {"database": 0, "wal": 0, "journal": 0}
    for path in pathlib.Path(directory).rglob("*"):
        try:
            if not path.is_file():
                continue
            held = path.stat().st_blocks * 512
        except OSError:
            continue
        if path.name.endswith(("-wal", "-shm")):
            sizes["wal"] += held
        elif path.suffix in (".db", ".sqlite"):
            sizes["database"] += held
        else:
            sizes["journal"] += held
    return sizes


def sample(pid, directory, admin):
    facts = process(pid) | files(directory)
    rows = admin.metrics()
    facts |= {
        "qobjects": total(rows, "signalbox_qobjects"),
        "upstream_connections": total(rows, "gateway_upstream_connections"),
        "in_flight": total(rows, "gateway_calls_in_flight"),
        "store_queue": total(rows, "gateway_store_queue"),
        "loop_stalls": total(rows, "signalbox_loop_stalls_total"),
        "calls": total(rows, "gateway_requests_total"),
    }
    return facts, rows
