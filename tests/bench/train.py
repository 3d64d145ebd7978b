#!/usr/bin/env python3
"""What the compiler learns from: an engine built with SIGNALBOX_PROFILE=generate answers a while of everything that is
common, and leaves its counts beside its object files when it ends (./dev tuned, decision 0148).

train.py BIN     the folder with that signalboxd; mock and load generator come from SIGNALBOX_BIN or build/release/bin
"""
import sys
import tempfile

import measure
import targets

CALLS = ((64, 6, {}), (1, 2, {}), (16, 2, {"prompt": 100 * 1024}))  # connections, seconds, more


def main():
    with tempfile.TemporaryDirectory() as out:
        session = measure.Session(out)
        try:
            mock = session.mock.port
            tools, targets.BIN = targets.BIN, sys.argv[1]
            engines = [targets.start_signalboxd(session.work, mock, acknowledge, kinds=("plain", "stream"))
                       for acknowledge in ("committed", "queued")]
            session.running += engines
            targets.BIN = tools
            for engine in engines:
                for connections, seconds, more in CALLS:
                    result = session.load("calls", engine, "plain", connections=connections, seconds=seconds, **more)
                    print(f"train: {engine.name}: {result['good']} calls over {connections} connections")
                result = session.load("streams", engine, "stream", stream=True, streams=256, ramp=200, seconds=5)
                print(f"train: {engine.name}: {result['begun']} streams, 256 at once")
            return 1 if session.errors else 0
        finally:
            session.close()


if __name__ == "__main__":
    sys.exit(main())
