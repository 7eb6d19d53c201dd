# bare, with what looks at reports, a browser and xmllint, and with Node.js to make some.
ARG BASE
FROM ${BASE}
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    apt-get update -q; \
    apt-get install -q -y --no-install-recommends chromium socat fonts-dejavu-core libxml2-utils nodejs; \
    apt-get clean; rm -rf /var/lib/apt/lists/*
