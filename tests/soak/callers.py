"""Callers: what a soak run puts on the gateway, and what they saw of it.

Every call is one of: plain or streaming, in the dialect of chat completions, messages or Responses; some callers leave
before their answer is complete. Each answer's x-request-id is kept apart by what became of it, so that it can be
compared with the record. HTTP is spoken by hand: a library's own connection pool would hide what we want to see.
"""
import asyncio
import json
import random
import time
from collections import Counter

TIMEOUT = 90


class Seen:
    """What the callers saw. `calls` are requests that were sent whole."""

    def __init__(self):
        self.calls = 0
        self.by_kind = Counter()
        self.outcomes = Counter()
        self.unclear = 0  # sent, and no answer came: the engine may have seen it or not
        self.bad_keys = 0
        self.reconnects = 0
        self.sample = []  # some of the request ids
        self.durations = []

    def note_id(self, head, dice):
        found = head.get("x-request-id")
        if found and (len(self.sample) < 400 or dice.random() < 0.01):
            if len(self.sample) >= 800:
                self.sample[dice.randrange(800)] = found
            else:
                self.sample.append(found)


def body_of(dialect, alias, stream, dice):
    text = "Is the line clear? " * dice.randint(1, 40)
    if dialect == "messages":
        return "/v1/messages", {"model": alias, "max_tokens": 64, "stream": stream, "messages": [{"role": "user", "content": text}]}
    if dialect == "responses":
        return "/v1/responses", {"model": alias, "max_output_tokens": 64, "stream": stream, "input": text}
    return "/v1/chat/completions", {"model": alias, "max_tokens": 64, "stream": stream, "messages": [{"role": "user", "content": text}]}


class Connection:
    """One keep-alive connection to the gateway."""

    def __init__(self, port):
        self.port = port
        self.reader = self.writer = None

    async def open(self):
        if not self.writer:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    def send(self, method, path, key, body=b""):
        self.writer.write(f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
                          f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    async def head(self):
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            if ":" in line:
                name, value = line.split(":", 1)
                fields[name.lower()] = value.strip()
        return int(lines[0].split()[1]), fields

    async def chunk(self):
        """One chunk of a chunked body; empty: its end."""
        size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def rest(self, fields):
        if fields.get("transfer-encoding") == "chunked":
            parts = []
            while part := await self.chunk():
                parts.append(part)
            return b"".join(parts)
        if "content-length" in fields:
            return await self.reader.readexactly(int(fields["content-length"]))
        data = await self.reader.read(-1)
        self.close()
        return data


async def one_call(connection, key, alias, dice, seen, leave_share):
    dialect = dice.choices(["chat", "messages", "responses"], [70, 15, 15])[0]
    stream = dice.random() < 0.35
    leaves = dice.random() < leave_share
    path, request = body_of(dialect, alias, stream, dice)
    await connection.open()
    connection.send("POST", path, key, json.dumps(request).encode())
    seen.calls += 1
    seen.by_kind[f"{dialect}, {'stream' if stream else 'plain'}{', left' if leaves else ''}"] += 1
    began = time.monotonic()
    try:
        if leaves and not stream:
            await asyncio.sleep(dice.uniform(0.002, 0.02))
            connection.close()
            seen.outcomes["left"] += 1
            return
        status, fields = await connection.head()
        seen.note_id(fields, dice)
        if leaves and fields.get("transfer-encoding") == "chunked":
            await connection.chunk()
            connection.close()
            seen.outcomes["left"] += 1
            return
        body = await connection.rest(fields)
        if fields.get("connection", "").lower() == "close":
            connection.close()
        broken = stream and status == 200 and b'"signalbox"' in body[-2000:]
        seen.outcomes["broken stream" if broken else str(status)] += 1
        seen.durations.append(time.monotonic() - began)
    except (OSError, asyncio.IncompleteReadError, ValueError):
        seen.unclear += 1
        seen.reconnects += 1
        connection.close()


async def caller(port, key, seen, until, interval, dice, alias="chat", leave_share=0.02):
    """Calls one after another at its own pace until the time comes; then finishes what it began."""
    connection = Connection(port)
    await asyncio.sleep(dice.uniform(0, interval))
    while time.monotonic() < until:
        due = time.monotonic() + dice.expovariate(1 / interval) if interval else 0
        try:
            await asyncio.wait_for(one_call(connection, key, alias, dice, seen, leave_share), TIMEOUT)
        except asyncio.TimeoutError:
            seen.unclear += 1
            connection.close()
        except OSError:
            seen.outcomes["not connected"] += 1
            connection.close()
            await asyncio.sleep(0.5)
        if (pause := min(due, until) - time.monotonic()) > 0:
            await asyncio.sleep(pause)
    connection.close()


async def wrong_key(port, seen, until, dice):
    """Somebody who keeps trying a key that does not exist."""
    while time.monotonic() < until:
        connection = Connection(port)
        try:
            await connection.open()
            connection.send("POST", "/v1/chat/completions", "sbx_0000000000_" + "0" * 52, b"{}")
            _, fields = await connection.head()
            await connection.rest(fields)
            seen.bad_keys += 1
        except (OSError, asyncio.IncompleteReadError):
            pass
        connection.close()
        await asyncio.sleep(dice.uniform(0.5, 1.5))


async def idler(port, key, until, dice):
    """A connection that is opened, used now and then, and left idle; then another."""
    while time.monotonic() < until:
        connection = Connection(port)
        try:
            await connection.open()
            ends = min(until, time.monotonic() + dice.uniform(3, 40))
            while time.monotonic() < ends:
                connection.send("GET", "/v1/models", key)
                _, fields = await connection.head()
                await connection.rest(fields)
                await asyncio.sleep(min(dice.uniform(2, 15), max(0.0, ends - time.monotonic())))
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(1)
        connection.close()


async def capacity(port, key, seconds, callers):
    """Calls a second that callers who never wait get through: what this machine carries, with its callers beside it."""
    seen = Seen()
    began = time.monotonic()
    await asyncio.gather(*(caller(port, key, seen, began + seconds, 0, random.Random(i), "quick", 0) for i in range(callers)))
    return seen, seen.calls / (time.monotonic() - began)
