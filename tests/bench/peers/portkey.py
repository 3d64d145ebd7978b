"""Portkey gateway (open source): one Node process without its log page (--headless). It has no keys of its own and no
configuration file: each call brings its routing as a config header, which it reads and checks for each call, with the
provider, the provider's key and the model that the alias stands for."""
import json
import os
import shutil

import peers
import targets

ON = "routing (config header of each call)"
# The newest server library within the package's own range fails every stream ("TypeError: immutable"); this one works.
SERVER = "1.3.3"
PROGRAM = os.path.join("node_modules", "@portkey-ai", "gateway")


def install(home, version):
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, "package.json"), "w") as f:
        json.dump({"private": True, "dependencies": {"@portkey-ai/gateway": version},
                   "overrides": {"@hono/node-server": SERVER}}, f)
    peers.run(["npm", "install", "--no-audit", "--no-fund", "--omit=dev", "--ignore-scripts"], "npm install", cwd=home)


def version(home):
    try:
        with open(os.path.join(home, PROGRAM, "package.json")) as f:
            return f"{json.load(f)['version']}, node {peers.says(['node', '--version'])}"
    except (OSError, KeyError, ValueError):
        return None


def start(work_dir, mock_port, home, workers=1):
    folder = targets.folder_in(work_dir, "portkey")
    config = {"provider": "openai", "api_key": "sk-mock", "custom_host": f"http://127.0.0.1:{mock_port}/auto",
              "override_params": {"model": peers.MODEL}}
    target = peers.Gateway("portkey", targets.free_port(), headers={"x-portkey-config": json.dumps(config)})
    return peers.launch(target, [shutil.which("node") or "node", os.path.join(home, PROGRAM, "build", "start-server.js"),
                                 "--headless", f"--port={target.port}"], folder, NODE_ENV="production")
