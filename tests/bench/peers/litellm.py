"""LiteLLM proxy: its own program with its default server (uvicorn on uvloop), one worker or two. Its log has errors only;
the line for each call that its server writes unless told otherwise is off, as it is in the other peers. The master key is
checked for each call. Virtual keys, budgets and spend records need a Postgres database and are off: it does less than it
would in earnest. The price map is its own copy, since otherwise each start asks a server elsewhere for a newer one."""
import json
import os

import peers
import targets

ON = "auth (master key), routing"
KEY = "sk-bench-master"
START_SECONDS = 120  # 12 on an idle machine, more for two workers: each imports the whole program anew
CONFIG = """model_list:
  - model_name: {alias}
    litellm_params: {{model: openai/{model}, api_base: "http://127.0.0.1:{mock_port}/auto", api_key: sk-mock}}
general_settings: {{master_key: {key}}}
litellm_settings: {{telemetry: false}}
"""


def install(home, version):
    # newer ones ask for a certifi that the registries reached here do not have yet
    peers.venv(home, f"litellm[proxy]=={version}", os.path.join(os.path.dirname(__file__), "litellm-constraints.txt"))


def version(home):
    return peers.package_version(home, "litellm")


def start(work_dir, mock_port, home, workers=1):
    folder = targets.folder_in(work_dir, f"litellm-{workers}")
    target = peers.Gateway(f"litellm, {workers} worker{'s' if workers > 1 else ''}", targets.free_port(),
                           headers={"Authorization": f"Bearer {KEY}"})
    path = os.path.join(folder, "litellm.yaml")
    with open(path, "w") as f:
        f.write(CONFIG.format(alias=peers.ALIAS, model=peers.MODEL, mock_port=mock_port, key=KEY))
    quiet = os.path.join(folder, "log.json")
    with open(quiet, "w") as f:
        json.dump({"version": 1, "disable_existing_loggers": False, "loggers": {"uvicorn": {"level": "WARNING"},
                                                                                "uvicorn.access": {"level": "WARNING"}}}, f)
    words = [os.path.join(home, "bin", "litellm"), "--config", path, "--host", "127.0.0.1", "--port", str(target.port),
             "--num_workers", str(workers), "--telemetry", "False", "--log_config", quiet]
    if workers > 1:  # its server ends a worker that leaves a ping unanswered for five seconds, as one still importing may
        words += ["--timeout_worker_healthcheck", "60"]
    return peers.launch(target, words, folder, seconds=START_SECONDS, LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_TELEMETRY="False",
                        LITELLM_LOG="ERROR")
