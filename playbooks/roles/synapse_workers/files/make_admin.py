# Makes an admin account at main's own socket: ETC SOCKET make|promote USER_ID, the password on standard input.
#
# A new account is registered by the shared secret. One that is there is made an admin by the admin API and not in the
# database: every process keeps in memory who is an admin, and only the API tells them. The API wants an admin to ask for it, so one is
# made for that, with a password that nobody knows, and closed at once.
# https://element-hq.github.io/synapse/latest/admin_api/register_api.html
# https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html
import glob
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import sys
import urllib.parse

import yaml

etc, path, wanted, user_id = sys.argv[1:]


class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(path)


def ask(method, where, body=None, token=None):
    connection = Connection("localhost", timeout=60)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request(method, where, body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except OSError as error:
        sys.exit(f"main does not answer at {path}: {error}")
    if answer.status not in (200, 201):
        sys.exit(f"Synapse refuses {method} {where}: {answer.status} {text}")
    return json.loads(text)


def shared_secret():
    settings = {}
    for name in [etc + "/homeserver.yaml", *sorted(glob.glob(etc + "/conf.d/*.yaml"))]:
        with open(name, encoding="utf-8") as file:
            settings.update(yaml.safe_load(file) or {})
    if settings.get("registration_shared_secret"):
        return settings["registration_shared_secret"]
    if settings.get("registration_shared_secret_path"):
        with open(settings["registration_shared_secret_path"], encoding="utf-8") as file:
            return file.read().strip()
    sys.exit("the configuration has no registration_shared_secret, by which accounts are made")


def register(user, password):
    where = "/_synapse/admin/v1/register"
    nonce = ask("GET", where)["nonce"]
    words = b"\0".join(word.encode() for word in [nonce, user, password, "admin"])
    mac = hmac.new(shared_secret().encode(), words, hashlib.sha1).hexdigest()
    return ask("POST", where, {"nonce": nonce, "username": user, "password": password, "admin": True, "mac": mac})


def promote():
    helper = register("syn-deploy-" + secrets.token_hex(8), secrets.token_hex(32))
    token = helper["access_token"]
    try:
        ask("PUT", "/_synapse/admin/v2/users/" + urllib.parse.quote(user_id, safe=""), {"admin": True}, token)
    finally:
        where = "/_synapse/admin/v1/deactivate/" + urllib.parse.quote(helper["user_id"], safe="")
        ask("POST", where, {"erase": True}, token)


if wanted == "promote":
    promote()
else:
    register(user_id[1:].split(":", 1)[0], sys.stdin.read())
print(f"{user_id} is an admin")
