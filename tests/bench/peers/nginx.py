"""nginx (Debian) as a plain reverse proxy: it forwards over kept connections, reads no body, writes no log. It stands for
what the machine, the mock and the load generator allow at all."""
import shutil
import time

import peers
import targets

ON = "nothing: forwards bytes"


def version(home):
    return peers.says([shutil.which("nginx") or "/usr/sbin/nginx", "-v"])


def start(work_dir, mock_port, home, workers=1):
    began = time.monotonic()
    target = targets.start_nginx(work_dir, mock_port, workers)
    target.ready_seconds = time.monotonic() - began
    return target
