#!/bin/sh
# Prints all it knows at once.
[ "$1" = --list ] || exit 3
cat <<'JSON'
{
  "web": { "hosts": ["web1", "web2"], "vars": { "tier": "front" }, "children": [] },
  "db": { "hosts": ["db1"], "vars": {} },
  "site": { "children": ["web", "db"], "vars": { "domain": "example.org" } },
  "_meta": { "hostvars": { "web1": { "ansible_host": "192.0.2.1", "ports": [80, 443] }, "stranger": { "a": 1 } } }
}
JSON
