#!/usr/bin/env python3
"""Does a flood of wrong admin tokens slow the data path? 10,000 wrong tokens against the admin listener while callers go
on at full speed against the simulated provider; calls per second and p99 without, with and without again, interleaved.

The flood comes over loopback from a process of its own, each try on a connection of its own, with random tokens of the
right form. On one machine it takes processor time from everybody, whoever answers it; the same number of tries against a
plain TCP server that reads and answers (control) shows how much of the difference is that. Takes under 60 s.
"""
import argparse
import asyncio
import json
import multiprocessing
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time

BODY = json.dumps({"model": "fast", "messages": [{"role": "user", "content": "Is the line clear?"}]}).encode()


def read_answer(stream):
    """Status of one answer with a content-length; a coroutine."""
    async def read():
        head = await stream.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if length:
            await stream.readexactly(length)
        return int(head[9:12])
    return read()


async def callers(port, key, connections, seconds):
    request = (b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + key.encode() +
               b"\r\ncontent-type: application/json\r\ncontent-length: " + str(len(BODY)).encode() + b"\r\n\r\n" + BODY)
    took, wrong = [], 0
    until = time.perf_counter() + seconds

    async def one():
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            begun = time.perf_counter()
            writer.write(request)
            status = await read_answer(reader)
            took.append(time.perf_counter() - begun)
            wrong += status != 200
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    took.sort()
    return {"rate": len(took) / seconds, "p50_ms": took[len(took) // 2] * 1000, "p99_ms": took[int(len(took) * 0.99)] * 1000,
            "wrong": wrong}


def flood(port, tries, seconds, result):
    """`tries` wrong tokens, spread over `seconds`; puts what came back into `result`."""
    async def run():
        statuses = {}
        gate = asyncio.Semaphore(64)
        begun = time.perf_counter()

        async def one(number):
            await asyncio.sleep(max(0, begun + seconds * number / tries - time.perf_counter()))
            async with gate:
                token = f"sba_{secrets.token_hex(5)}_{secrets.token_hex(26)}"
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write(b"GET /api/v1/status HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " +
                                 token.encode() + b"\r\nconnection: close\r\n\r\n")
                    status = await read_answer(reader)
                    writer.close()
                except (OSError, asyncio.IncompleteReadError):
                    status = 0
                statuses[status] = statuses.get(status, 0) + 1

        await asyncio.gather(*(one(number) for number in range(tries)))
        result.put((statuses, time.perf_counter() - begun))

    asyncio.run(run())


def plain_server(port_out):
    """A server that reads a head and refuses it: what a flood costs whoever answers it."""
    async def serve():
        async def answer(reader, writer):
            try:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 401 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                await writer.drain()
                writer.close()
            except (OSError, asyncio.IncompleteReadError):
                pass
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port_out.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()
    asyncio.run(serve())


def start(programs, args, work, name, *arguments):
    with open(os.path.join(work, name + ".log"), "w") as log:
        program = subprocess.Popen([os.path.join(args.bin, name), *arguments], stdout=subprocess.PIPE, stderr=log, text=True)
    programs.append(program)
    line = program.stdout.readline()
    if not line:
        sys.exit(f"admin-flood: {name} did not become ready; see {log.name}")
    return json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    parser.add_argument("--tries", type=int, default=10000, help="wrong tokens in all")
    parser.add_argument("--seconds", type=float, default=4, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--out", help="a JSON file")
    args = parser.parse_args()

    work = tempfile.mkdtemp(prefix="signalbox-admin-flood-")
    programs = []
    helpers = []
    try:
        with open(os.path.join(work, "sim.yaml"), "w") as f:
            f.write("seed: 1\nfirst_byte: {median: 1ms, p95: 2ms}\ntokens_per_second: 0\n")
        sim = start(programs, args, work, "signalbox-sim", "--listen", "127.0.0.1:0", "--profile",
                    os.path.join(work, "sim.yaml"))
        with open(os.path.join(work, "signalbox.yaml"), "w") as f:
            f.write(f"""signalbox: 1
server: {{gateway: "127.0.0.1:0", admin: "127.0.0.1:0"}}
providers:
  - {{name: sim, kind: openai-compatible, base_url: "{sim['url']}/v1", region: local, retention: zero}}
aliases:
  - {{name: fast, purpose: bench, owner: qa, candidates: [{{provider: sim, model: m, weight: 100}}]}}
tenants:
  - {{name: acme}}
""")
        ready = start(programs, args, work, "signalboxd", "--config", os.path.join(work, "signalbox.yaml"), "--data-dir",
                      os.path.join(work, "data"), "--workers", "1")
        port = int(ready["gateway"].rsplit(":", 1)[1])
        admin = int(ready["admin"].rsplit(":", 1)[1])
        issued = subprocess.run(
            [os.path.join(args.bin, "signalboxctl"), "credential", "issue", "--tenant", "acme", "--aliases", "*", "--json",
             "--reason", "bench", "--data-dir", os.path.join(work, "data")], capture_output=True, text=True)
        key = json.loads(issued.stdout)["key"]
        port_out = multiprocessing.Queue()
        helpers.append(multiprocessing.Process(target=plain_server, args=(port_out,), daemon=True))
        helpers[0].start()
        control = port_out.get(timeout=10)

        runs = {"alone": [], "wrong tokens": [], "control flood": []}
        refused = {}
        spent = []
        asyncio.run(callers(port, key, args.connections, 1))  # warm
        per_round = args.tries // args.rounds
        for _ in range(args.rounds):
            for name, target in (("alone", None), ("wrong tokens", admin), ("control flood", control)):
                result = multiprocessing.Queue()
                process = None
                if target:
                    process = multiprocessing.Process(target=flood, args=(target, per_round, args.seconds, result), daemon=True)
                    process.start()
                runs[name].append(asyncio.run(callers(port, key, args.connections, args.seconds)))
                if process:
                    statuses, took = result.get(timeout=90)
                    process.join(5)
                    if name == "wrong tokens":
                        spent.append(took)
                        for status, count in statuses.items():
                            refused[status] = refused.get(status, 0) + count
        # the owner's token still opens the door, at once
        token = open(os.path.join(work, "data", "admin.token")).read().strip()

        async def owner():
            reader, writer = await asyncio.open_connection("127.0.0.1", admin)
            begun = time.perf_counter()
            writer.write(b"GET /api/v1/whoami HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer " + token.encode() + b"\r\n\r\n")
            status = await read_answer(reader)
            return status, (time.perf_counter() - begun) * 1000
        owner_status, owner_ms = asyncio.run(owner())
    finally:
        for program in reversed(programs):
            program.terminate()
        for program in programs:
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()
        for helper in helpers:
            helper.terminate()

    print(f"{sum(refused.values())} wrong tokens in {sum(spent):.1f} s: " +
          ", ".join(f"{count} x {status}" for status, count in sorted(refused.items())))
    print(f"  {'':16}{'calls/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
    summary = {}
    for name, rows in runs.items():
        summary[name] = {field: statistics.median(row[field] for row in rows) for field in ("rate", "p50_ms", "p99_ms")}
        summary[name]["wrong"] = sum(row["wrong"] for row in rows)
        print(f"  {name:16}{summary[name]['rate']:10.0f}{summary[name]['p50_ms']:9.2f}{summary[name]['p99_ms']:9.2f}{summary[name]['wrong']:8}")
    print(f"the owner's token afterwards: {owner_status} in {owner_ms:.1f} ms")
    if args.out:
        with open(args.out, "w") as f:
            json.dump({"runs": runs, "summary": summary, "refused": refused, "owner_status": owner_status}, f, indent=1)
    good = not (set(refused) - {401, 429}) and owner_status == 200 and not any(row["wrong"] for rows in runs.values() for row in rows)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
