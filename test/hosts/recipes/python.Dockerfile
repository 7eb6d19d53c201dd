# bare, with what Ansible needs on a host, Python and its package for apt, and with package lists.
ARG BASE
FROM ${BASE}
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    apt-get update -q; \
    apt-get install -q -y --no-install-recommends python3 python3-apt; \
    apt-get clean
