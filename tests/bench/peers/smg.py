"""SMG (Shepherd Model Gateway), a gateway in Rust whose wheel carries its program: here in the place of Bifrost, which is not
to be had. One runtime thread. Its tenant key, alias, admission bound, rate limit, retries and circuit breaker are on; it keeps
chat completions nowhere. Its own metrics page cannot be switched off, only put on a port of its own."""
import os

import peers
import targets

ON = "auth (tenant key), routing, rate limit, breaker"
KEY = "sk-bench"


def install(home, version):
    peers.venv(home, f"smg=={version}")


def version(home):
    return peers.package_version(home, "smg")


def start(work_dir, mock_port, home, workers=1):
    folder = targets.folder_in(work_dir, "smg")
    target = peers.Gateway("smg", targets.free_port(), headers={"Authorization": f"Bearer {KEY}"})
    words = [os.path.join(home, "bin", "smg"), "launch", "--host", "127.0.0.1", "--port", str(target.port),
             "--backend", "openai", "--worker-urls", f"http://127.0.0.1:{mock_port}/auto",
             "--model-alias", f"{peers.ALIAS}={peers.MODEL}", "--tenant-api-key", f"acme:{KEY}",
             "--max-concurrent-requests", "20000", "--rate-limit-tokens-per-second", "1000000000",
             "--prometheus-host", "127.0.0.1", "--prometheus-port", str(targets.free_port()), "--log-level", "error"]
    return peers.launch(target, words, folder, TOKIO_WORKER_THREADS=str(workers))
