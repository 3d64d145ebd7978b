"""crabllm, a gateway in Rust that installs from its registry: here in the place of Bifrost, which does not. One runtime
thread; its key, rate limit, budget and usage count are on. All of them are kept in memory and nothing is written to disk."""
import os
import shutil

import peers
import targets

ON = "auth, rate limit, budget, usage (memory)"
KEY = "sk-bench"
CONFIG = """listen = "127.0.0.1:{port}"
openapi = false
shutdown_timeout = 2
[[keys]]
name = "bench"
key = "{key}"
models = ["*"]
[providers.mock]
kind = "openai"
api_key = "sk-mock"
base_url = "http://127.0.0.1:{mock_port}/auto"
models = ["{model}"]
[aliases]
{alias} = "{model}"
[extensions]
rate_limit = {{ requests_per_minute = 1000000000, tokens_per_minute = 100000000000 }}
budget = {{ default_budget = 1000000.0 }}
usage = {{}}
"""


def install(home, version):
    if not shutil.which("cargo"):
        raise peers.CannotInstall("there is no cargo here")
    # what is compiled is kept beside it until it is done, so that a run that was cut off goes on where it was
    objects = home + "-target"
    peers.run(["cargo", "install", "crabllm", "--version", version, "--locked", "--root", home, "--target-dir", objects],
              "cargo install", seconds=2400)
    shutil.rmtree(objects, ignore_errors=True)


def version(home):
    return peers.says([os.path.join(home, "bin", "crabllm"), "--help"]) and read_version(home)


def read_version(home):
    """The program does not say its version; cargo wrote it down."""
    try:
        with open(os.path.join(home, ".crates.toml")) as f:
            return f.read().split('"crabllm ')[1].split(" ")[0]
    except (OSError, IndexError):
        return None


def start(work_dir, mock_port, home, workers=1):
    folder = targets.folder_in(work_dir, "crabllm")
    target = peers.Gateway("crabllm", targets.free_port(), headers={"Authorization": f"Bearer {KEY}"})
    path = os.path.join(folder, "crabllm.toml")
    with open(path, "w") as f:
        f.write(CONFIG.format(port=target.port, mock_port=mock_port, key=KEY, model=peers.MODEL, alias=peers.ALIAS))
    return peers.launch(target, [os.path.join(home, "bin", "crabllm"), "serve", "--config", path], folder,
                        TOKIO_WORKER_THREADS=str(workers), RUST_LOG="warn")
