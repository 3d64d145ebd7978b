"""What issue 6 asks for beside others, in calls a second over 64 connections: judged by peers.py and shown by report.py."""

NGINX = {"queued": 0.8, "committed": 0.6}
# target: (its name for people, so many times its calls a second in both modes, whom it stands for)
PEERS = {
    "portkey": ("Portkey", 25, None),
    "litellm, 1 worker": ("LiteLLM", 40, None),
    "smg": ("SMG (Rust, in Bifrost's place)", 3, "Bifrost"),
    "crabllm": ("crabllm (Rust, in Bifrost's place)", 3, "Bifrost"),
}


def least_beside(target, mode):
    """Nothing is asked beside the others."""
    if target == "nginx, 1 worker":
        return NGINX[mode]
    return PEERS[target][1] if target in PEERS else None


def stands_for(target):
    return PEERS[target][2] if target in PEERS else None
