"""The same set-up as ../../../ansible/site.yml, for bundlewrap 5."""
from os.path import join
from shlex import quote

WORKERS = (
    "login federation_sender mediaworker userdir pusher push_rules typing todevice accountdata presence "
    "receipts initial_sync1 initial_sync2 normal_sync1 normal_sync2 normal_sync3"
).split()
STREAM_WRITERS = [
    {"stream": s, "worker": w}
    for s, w in [
        ("push_rules", "push_rules"), ("typing", "typing"), ("to_device", "todevice"),
        ("account_data", "accountdata"), ("presence", "presence"), ("receipts", "receipts"),
    ]
]
MS = "matrix-synapse"
REDIS_CONF = "/etc/redis/redis.conf"


def template(name, item=None, **attributes):
    """
    A file from ../../../templates. bundlewrap's Jinja takes the last line break away, and its `item` is the file item, which
    `context` cannot replace: hence the text with a line break more, and `set`.
    """
    with open(join(repo.path, "..", "templates", name + ".j2")) as file:
        text = file.read() + "\n"
    return {
        "content_type": "jinja2",
        "content": text if item is None else "{% set item = " + repr(item) + " %}" + text,
        "context": {"workers": WORKERS, "stream_writers": STREAM_WRITERS},
        **attributes,
    }


pkg_apt = {"redis-server": {}, "nginx-light": {}}

# As Ansible's lineinfile: the last line that matches is the line; if none matches, it is added at the end.
checks = {}
previous = []
for regexp, line in [
    (r"^port\s", "port 0"),
    (r"^#?\s*unixsocket\s", "unixsocket /run/redis/redis-server.sock"),
    (r"^#?\s*unixsocketperm\s", "unixsocketperm 770"),
]:
    name = "redis.conf, " + line.split()[0]
    checks[name] = {
        "test": f'[ "$(grep -E {quote(regexp)} {REDIS_CONF} | tail -n 1)" = {quote(line)} ]',
        "mend": (
            f"n=$(grep -nE {quote(regexp)} {REDIS_CONF} | tail -n 1 | cut -d : -f 1); "
            f'if [ -n "$n" ]; then sed -i "$n c\\\\"{quote(line)} {REDIS_CONF}; else echo {quote(line)} >> {REDIS_CONF}; fi'
        ),
        "needs": ["pkg_apt:redis-server"],
        "after": previous,  # not two at once in one file
        "triggers": ["svc_systemd:redis-server:restart"],
    }
    previous = ["check:" + name]

# bundlewrap makes no system groups and users: these do before it would, and it finds nothing left to do.
actions = {
    "groupadd": {"command": f"groupadd --system {MS}", "triggered": True},
    "useradd": {
        "command": (
            f"useradd --system --gid {MS} --groups redis --home-dir /var/lib/{MS} --no-create-home "
            f"--shell /usr/sbin/nologin {MS}"
        ),
        "triggered": True,
        "needs": ["group:" + MS, "pkg_apt:redis-server"],
    },
    "daemon-reload": {"command": "systemctl daemon-reload", "triggered": True},
}
groups = {MS: {"preceded_by": ["action:groupadd"]}}
# `groups` is all of them, but for the primary one: bundlewrap has no `append`.
users = {
    MS: {
        "gid": MS, "groups": ["redis"], "home": "/var/lib/" + MS, "shell": "/usr/sbin/nologin",
        "preceded_by": ["action:useradd"],
    },
    "www-data": {"groups": [MS], "triggers": ["svc_systemd:nginx:restart"]},
}

directories = {
    path: {"owner": owner, "group": group, "mode": mode}
    for path, owner, group, mode in [
        ("/etc/matrix-synapse", "root", "root", "0755"),
        ("/etc/matrix-synapse/conf.d", "root", "root", "0755"),
        ("/etc/matrix-synapse/workers", MS, MS, "0750"),
        ("/etc/matrix-synapse/logconf.d", "root", MS, "0750"),
        ("/var/log/matrix-synapse", MS, MS, "0750"),
        ("/etc/systemd/system/matrix-synapse.service.d", "root", "root", "0755"),
    ]
}

files = {}
for f in ["redis.yaml", "listeners.yaml"]:
    files["/etc/matrix-synapse/conf.d/" + f] = template(f, group=MS, mode="0640")
for w in WORKERS:
    files[f"/etc/matrix-synapse/workers/{w}.yaml"] = template("worker.yaml", w, owner=MS, group=MS, mode="0640")
    files[f"/etc/matrix-synapse/logconf.d/{w}.yaml"] = template("logconf.yaml", w, group=MS, mode="0640")
for src, dest in [
    ("matrix-synapse.target", "matrix-synapse.target"),
    ("matrix-synapse.service", "matrix-synapse.service"),
    ("override.conf", "matrix-synapse.service.d/override.conf"),
    ("matrix-synapse-worker@.service", "matrix-synapse-worker@.service"),
]:
    files["/etc/systemd/system/" + dest] = template(src, mode="0644", tags=["units"], triggers=["action:daemon-reload"])

nginx = {"needs": ["pkg_apt:nginx-light"], "triggers": ["svc_systemd:nginx:reload"]}
files["/etc/nginx/sites-available/matrix.conf"] = template("nginx-site.conf", mode="0644", **nginx)
files["/etc/nginx/sites-enabled/default"] = {"delete": True, **nginx}
symlinks = {
    "/etc/nginx/sites-enabled/matrix.conf": {
        "target": "/etc/nginx/sites-available/matrix.conf", **nginx,
        "needs": ["pkg_apt:nginx-light", "file:/etc/nginx/sites-available/matrix.conf"],
    },
}

svc_systemd = {
    "redis-server": {"needs": ["pkg_apt:redis-server"]},
    "nginx": {"needs": ["pkg_apt:nginx-light"]},
}
for unit in [f"{MS}.target", f"{MS}.service"]:
    svc_systemd[unit] = {"needs": ["user:" + MS, "tag:units"], "after": ["action:daemon-reload"]}
for w in WORKERS:
    svc_systemd[f"matrix-synapse-worker@{w}.service"] = {
        "needs": [f"svc_systemd:{MS}.target", f"svc_systemd:{MS}.service", f"file:/etc/matrix-synapse/workers/{w}.yaml"],
    }

after_redis = {"after": ["svc_systemd:redis-server", "svc_systemd:redis-server:restart"]}
checks["The redis socket is a socket"] = {"test": "test -S /run/redis/redis-server.sock", **after_redis}
checks["TCP 6379 is closed"] = {
    "test": "bash -c 'for i in 1 2 3 4 5; do (exec 3<>/dev/tcp/127.0.0.1/6379) 2>/dev/null || exit 0; sleep 1; done; exit 1'",
    **after_redis,
}
