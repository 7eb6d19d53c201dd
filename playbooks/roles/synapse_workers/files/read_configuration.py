# What the files of Synapse's configuration come to, as sh reads it: later files over earlier ones, a key at a time, which is
# how Synapse reads them itself.
import glob
import os
import shlex
import sys

import yaml

etc, here = sys.argv[1:]


def merged(paths):
    settings = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            settings.update(yaml.safe_load(file) or {})
    return settings


def listeners(process, settings):
    for listener in settings:
        if listener.get("type", "http") != "http":
            continue
        if "path" in listener:
            yield f"{process} unix {listener['path']}"
            continue
        addresses = listener.get("bind_addresses") or [listener.get("bind_address") or "127.0.0.1"]
        # What listens everywhere listens here too.
        here = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}
        for address in addresses:
            plain = here.get(address, f"[{address}]" if ":" in address else address)
            yield f"{process} tcp {plain} {listener['port']}"


if not os.path.exists(etc + "/homeserver.yaml"):
    sys.exit(f"{etc}/homeserver.yaml is not there: synapse-workers.yaml was not applied to this host")
shared_paths = [etc + "/homeserver.yaml", *sorted(glob.glob(etc + "/conf.d/*.yaml"))]
shared = merged(shared_paths)
name = shared.get("server_name") or ""

# On a machine of workers alone the shared files have no listeners, or those that a package brings and nobody uses.
lines = list(listeners("main", shared.get("listeners") or [])) if here == "main" else []
for path in sorted(glob.glob(etc + "/workers/*.yaml")):
    worker = merged([path])
    lines += listeners(worker.get("worker_name") or path, worker.get("worker_listeners") or [])

for key, value in {
    "media": shared.get("media_store_path") or "",
    "signing_key": shared.get("signing_key_path") or f"{etc}/{name}.signing.key",
    "listeners": "\n".join(lines),
}.items():
    print(f"conf_{key}={shlex.quote(str(value))}")
