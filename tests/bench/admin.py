#!/usr/bin/env python3
"""What clients of the admin API can do to the data path: calls per second alone, and beside them.

readers  30 followers of the event stream that never read, and one client that asks GET calls without pause.
tokens   wrong admin tokens, as fast as one peer is let (10,000 of them, or the time is over).
Runs are interleaved with quiet ones and repeated. Also reported: the engine's memory before, during and after, how many
of the stuck readers were put off, and how the wrong tokens were answered. Traffic stays on 127.0.0.1.
Usage: admin.py [--only readers|tokens] [--seconds N] [--repeats N]. Result: OUT/admin.json.
"""
import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import measure  # noqa: E402
import targets  # noqa: E402

READERS = 30
WRONG_TOKENS = 10_000


class AdminBench(measure.Session):
    def __init__(self, args):
        super().__init__(args.out, args.seconds, args.repeats)
        self.only = args.only

    def start_engine(self):
        target = self.start(targets.start_signalboxd)
        if not target:
            raise SystemExit(1)
        with open(os.path.join(target.data, "admin.token")) as f:
            self.token = f.read().strip()
        self.pid, self.admin = target.process.pid, target.admin
        return target

    def memory(self):
        with open(f"/proc/{self.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    # -- clients that are a nuisance ----------------------------------------------------------------------------------

    def stuck_reader(self):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", self.admin))
        reader.sendall(f"GET /api/v1/events?since=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n\r\n"
                       .encode())
        return reader

    def hammer(self, stop, book):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=30)
        while not stop.is_set():
            try:
                connection.request("GET", "/api/v1/calls?limit=1000", headers={"Authorization": f"Bearer {self.token}"})
                answer = connection.getresponse()
                book["bytes"] = book.get("bytes", 0) + len(answer.read())
                book[answer.status] = book.get(answer.status, 0) + 1
            except OSError:
                book["broken"] = book.get("broken", 0) + 1
                connection.close()
        connection.close()

    def wrong_tokens(self, stop, book):
        """One connection after the other, pipelining nothing: what a scanner does."""
        number = 0
        while not stop.is_set() and sum(v for k, v in book.items() if k != "bytes") < WRONG_TOKENS:
            connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=30)
            try:
                for _ in range(100):
                    number += 1
                    token = "sba_%08x_%s" % (number, "x" * 43)
                    connection.request("GET", "/api/v1/status", headers={"Authorization": f"Bearer {token}"})
                    answer = connection.getresponse()
                    answer.read()
                    book[answer.status] = book.get(answer.status, 0) + 1
                    if stop.is_set() or answer.getheader("connection", "").lower() == "close":
                        break
            except (OSError, http.client.HTTPException):
                book["broken"] = book.get("broken", 0) + 1
            connection.close()

    # -- one comparison -----------------------------------------------------------------------------------------------

    def compare(self, name, target, begin):
        """begin() starts the nuisance and returns end(), which stops it."""
        quiet, beside, peak = [], [], self.memory()
        before = self.memory()
        for _ in range(self.repeats):
            quiet.append(self.load("calls", target, "plain", connections=32, warm=0, seconds=self.seconds))
            end = begin()
            time.sleep(0.3)
            beside.append(self.load("calls", target, "plain", connections=32, warm=0, seconds=self.seconds))
            peak = max(peak, self.memory())
            end()
        rate = {"quiet": statistics.median(r["calls_per_second"] for r in quiet), "beside": statistics.median(r["calls_per_second"] for r in beside)}
        spread = (max(r["calls_per_second"] for r in quiet) - min(r["calls_per_second"] for r in quiet)) / rate["quiet"] if rate["quiet"] else 0
        p99 = {"quiet": statistics.median(r["time"]["p99_us"] / 1000 for r in quiet),
               "beside": statistics.median(r["time"]["p99_us"] / 1000 for r in beside)}
        errors = sum(r["errors"] for r in quiet + beside)
        time.sleep(1)
        result = {"calls_per_second": rate, "spread_of_quiet": spread, "p99_ms": p99, "errors": errors,
                  "memory_mb": {"before": before, "peak": peak, "after": self.memory()}}
        print(f"{name:34}{rate['quiet']:10,.0f}{rate['beside']:10,.0f}{rate['beside'] / rate['quiet'] if rate['quiet'] else 0:8.2f}"
              f"{spread:9.1%}{p99['quiet']:9.2f}{p99['beside']:9.2f}{errors:8}"
              f"{before:9.0f}{peak:8.0f}{result['memory_mb']['after']:8.0f}")
        return result

    def readers(self, target):
        book, put_off = {}, [0]

        def begin():
            stop = threading.Event()
            stuck = [self.stuck_reader() for _ in range(READERS)]
            hammer = threading.Thread(target=self.hammer, args=(stop, book))
            hammer.start()

            def end():
                stop.set()
                hammer.join()
                for reader in stuck:
                    reader.setblocking(False)
                    try:  # what the kernel still holds is read; an end of the stream is one that was put off
                        while (got := reader.recv(65536)):
                            pass
                        put_off[0] += got == b""
                    except OSError as error:
                        put_off[0] += not isinstance(error, BlockingIOError)
                    reader.close()
            return end
        result = self.compare(f"{READERS} stuck readers, 1 hammer", target, begin)
        result["hammer"], result["put_off"] = book, put_off[0]
        print(f"  GET calls answered meanwhile: {book}; stuck readers put off: {put_off[0]} of {READERS * self.repeats}")
        return result

    def tokens(self, target):
        book = {}

        def begin():
            stop = threading.Event()
            flood = [threading.Thread(target=self.wrong_tokens, args=(stop, book)) for _ in range(2)]
            for thread in flood:
                thread.start()

            def end():
                stop.set()
                for thread in flood:
                    thread.join()
            return end
        result = self.compare("wrong admin tokens", target, begin)
        result["answers"] = book
        print(f"  wrong tokens by answer: {book}")
        return result

    def run(self):
        target = self.start_engine()
        time.sleep(0.5)
        self.load("calls", target, "plain", connections=32, warm=0, seconds=2)  # warm, and ten thousand events to follow
        print(f"{'beside the calls':34}{'quiet/s':>10}{'beside/s':>10}{'ratio':>8}{'spread':>9}{'p99 ms':>9}{'p99 ms':>9}{'errors':>8}"
              f"{'MB before':>9}{'peak':>8}{'after':>8}")
        result = {}
        if self.only in (None, "readers"):
            result["readers"] = self.readers(target)
        if self.only in (None, "tokens"):
            result["tokens"] = self.tokens(target)
        result["commit"] = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True).stdout.strip()
        with open(os.path.join(self.out, "admin.json"), "w") as f:
            json.dump(result, f, indent=1)
        print(f"written to {os.path.relpath(os.path.join(self.out, 'admin.json'))}; on {os.cpu_count()} cores the clients of the "
              "bench share the machine with the engine, so a ratio below 1 is also theirs")
        return 1 if any(part["errors"] for part in result.values() if isinstance(part, dict)) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=["readers", "tokens"])
    run = AdminBench(parser.parse_args())
    try:
        code = run.run()
    finally:
        run.close()
    sys.exit(code)


if __name__ == "__main__":
    main()
