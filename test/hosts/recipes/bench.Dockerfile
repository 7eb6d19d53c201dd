# synapse, with the packages of the benchmark's work installed and as they leave it, and Python, which some of the tools that
# are compared need on a host: what is left to do is configuration.
ARG BASE
FROM ${BASE}
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    # Nothing is to start while the image is built.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 0755 /usr/sbin/policy-rc.d; \
    apt-get install -q -y --no-install-recommends redis-server nginx-light python3 python3-apt; \
    rm /usr/sbin/policy-rc.d
