"""HAProxy (Debian) as a plain reverse proxy, one thread: connections to the provider are kept and shared, no log.
http-no-delay, since without it a delta waits up to 200 ms for more to go with it."""
import os
import shutil

import peers
import targets

ON = "nothing: forwards bytes"
CONFIG = """global
  maxconn 9000
  nbthread {workers}
defaults
  mode http
  no log
  option http-keep-alive
  option http-no-delay
  http-reuse always
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  timeout http-keep-alive 300s
frontend calls
  bind 127.0.0.1:{port} backlog 4096
  default_backend mock
backend mock
  server mock 127.0.0.1:{mock_port} pool-max-conn 9000
"""


def binary():
    return shutil.which("haproxy") or "/usr/sbin/haproxy"


def version(home):
    return peers.says([binary(), "-v"])


def start(work_dir, mock_port, home, workers=1):
    folder = targets.folder_in(work_dir, "haproxy")
    target = peers.Peer("haproxy", targets.free_port())
    path = os.path.join(folder, "haproxy.cfg")
    with open(path, "w") as f:
        f.write(CONFIG.format(workers=workers, port=target.port, mock_port=mock_port))
    return peers.launch(target, [binary(), "-db", "-f", path], folder)
