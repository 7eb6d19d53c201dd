"""The hosts of BENCH_HOSTS: JSON, [{name, address, port, user, key, knownHosts}, ...]; key and knownHosts are paths.

bundlewrap knows an address and a user only; the rest it leaves to ssh and scp, one process for each command. So this writes a
configuration of ssh for as long as bw runs and puts `-F` of it before what BW_SSH_ARGS has. What else ssh shall do goes into
BW_SSH_ARGS, and scp does the same unless BW_SCP_ARGS says otherwise. bundlewrap's quickstart advises multiplexing:

    BW_SSH_ARGS='-o ControlMaster=auto -o ControlPath=/tmp/bw-%C -o ControlPersist=60'

(ControlPersist leaves processes behind that long; %C keeps hosts apart that differ in port only.)
"""
from atexit import register
from json import loads
from os import environ, fdopen, remove
from tempfile import mkstemp

hosts = loads(environ["BENCH_HOSTS"])

fd, config = mkstemp(prefix="bench-bundlewrap-ssh-")
register(remove, config)
with fdopen(fd, "w") as file:
    for h in hosts:
        file.write(
            f'Host {h["name"]}\n  HostName {h["address"]}\n  Port {h["port"]}\n  User {h["user"]}\n'
            f'  IdentityFile "{h["key"]}"\n  IdentitiesOnly yes\n  UserKnownHostsFile "{h["knownHosts"]}"\n'
        )

ssh_args = environ.get("BW_SSH_ARGS", "")
environ["BW_SCP_ARGS"] = f"-F {config} " + environ.get("BW_SCP_ARGS", ssh_args)
environ["BW_SSH_ARGS"] = f"-F {config} " + ssh_args

nodes = {h["name"]: {"hostname": h["name"], "groups": {"synapse"}} for h in hosts}
