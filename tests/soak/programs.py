"""The programs of a soak run: the simulated provider and the engine, in a directory of their own."""
import json
import os
import pathlib
import subprocess
import tempfile

TENANTS = ["acme", "globex", "initech", "umbrella"]

# About one call in a hundred goes wrong in some way: an error, a broken stream, a stream that falls silent.
PROFILE = """seed: {seed}
first_byte: {{median: 30ms, p95: 120ms}}
tokens_per_second: 400
answer_tokens: {{min: 12, max: 40}}
errors: {{429: 0.002, 500: 0.003, 503: 0.002}}
streams: {{cut: 0.006, stall: 0.001}}
models: [sim-small, sim-large, sim-small-fast]
"""

CONFIG = """signalbox: 1
providers:
  - {{name: north, kind: openai-compatible, base_url: "http://127.0.0.1:{north}/v1", region: local, retention: zero, timeouts: {{connect: 2s, first_byte: 10s, idle: 3s, total: 60s}}}}
  - {{name: south, kind: openai-compatible, base_url: "http://127.0.0.1:{south}/v1", region: local, retention: zero, timeouts: {{connect: 2s, first_byte: 10s, idle: 3s, total: 60s}}}}
aliases:
  - name: quick
    purpose: short answers, revision {turn}
    owner: soak
    candidates: [{{provider: north, model: sim-small-fast, weight: 50}}, {{provider: south, model: sim-small-fast, weight: 50}}]
  - name: chat
    purpose: answers with some thought
    owner: soak
    candidates: [{{provider: north, model: sim-small, weight: 70}}, {{provider: south, model: sim-large, weight: 30}}]
    fallback: [{{kind: other-provider, provider: south, model: sim-small}}, {{kind: refuse}}]
tenants: [{tenants}]
budgets:
  - {{scope: {{tenant: acme}}, period: month, time_zone: UTC, amount_usd: "100000", soft: [80], at_limit: refuse}}
  - {{scope: {{alias: chat}}, period: day, time_zone: UTC, amount_usd: "100000", soft: [80], at_limit: refuse}}
prices: {{book: {book}}}
"""

BOOK = """version: soak-1
prices:
""" + "".join(f"""  - {{provider: openai-compatible, model: {model}, valid_from: 2020-01-01, input_usd_per_million: "0.1", output_usd_per_million: "0.5"}}
""" for model in ["sim-small", "sim-large", "sim-small-fast"])


class Programs:
    def __init__(self, bin_directory, keep=""):
        self.bin = os.path.abspath(bin_directory)
        self.work = pathlib.Path(keep or tempfile.mkdtemp(prefix="signalbox-soak-"))
        self.work.mkdir(parents=True, exist_ok=True)
        self.data = self.work / "data"
        self.config_file = self.work / "signalbox.yaml"
        self.turn = 0
        self.running = []

    def start(self, name, log, *arguments, **environment):
        with open(self.work / f"{log}.log", "w") as errors:
            process = subprocess.Popen([f"{self.bin}/{name}", *map(str, arguments)], stdout=subprocess.PIPE, stderr=errors,
                                       text=True, env=dict(os.environ, **environment))
        self.running.append(process)
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"{name} did not start: {(self.work / (log + '.log')).read_text()[-2000:]}")
        return process, json.loads(line)

    def start_all(self, workers):
        ports = []
        for seed, name in enumerate(["north", "south"], 1):
            profile = self.work / f"{name}.yaml"
            profile.write_text(PROFILE.format(seed=seed))
            _, ready = self.start("signalbox-sim", name, "--listen", "127.0.0.1:0", "--profile", profile)
            ports.append(int(ready["url"].rsplit(":", 1)[1]))
        self.ports = ports
        (self.work / "prices.yaml").write_text(BOOK)
        self.write_config()
        self.engine, ready = self.start(
            "signalboxd", "engine", "--config", self.config_file, "--data-dir", self.data, "--gateway", "127.0.0.1:0", "--admin",
            "127.0.0.1:0", *(["--workers", workers] if workers else []), SIGNALBOX_COUNT_OBJECTS="1")
        self.gateway = int(ready["gateway"].rsplit(":", 1)[1])
        self.admin = int(ready["admin"].rsplit(":", 1)[1])
        self.token = (self.data / "admin.token").read_text().strip()

    def write_config(self):
        """The same config with another purpose: a new revision that changes nothing else."""
        self.turn += 1
        text = CONFIG.format(north=self.ports[0], south=self.ports[1], turn=self.turn, book=self.work / "prices.yaml",
                             tenants=", ".join(f"{{name: {tenant}}}" for tenant in TENANTS))
        fresh = self.config_file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.config_file)

    def credential(self, tenant):
        done = subprocess.run([f"{self.bin}/signalboxctl", "credential", "issue", "--tenant", tenant, "--aliases", "*", "--reason",
                               "soak", "--json", "--data-dir", str(self.data)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"no credential for {tenant}: {done.stderr}")
        return json.loads(done.stdout)["key"]

    def stop(self):
        """Ends what we started, the engine first; its exit code."""
        code = None
        for process in reversed(self.running):
            if process.poll() is None:
                process.terminate()
            try:
                code = process.wait(30) if process is getattr(self, "engine", None) else (process.wait(30), code)[1]
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return code
