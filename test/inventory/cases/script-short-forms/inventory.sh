#!/bin/sh
echo '{ "web": ["web1", "web2"], "lonely": { "colour": "red" }, "_meta": { "hostvars": {} } }'
