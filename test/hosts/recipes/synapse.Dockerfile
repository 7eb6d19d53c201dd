# bare, with what the Synapse playbook installs already downloaded: Debian packages in apt's cache, Python's in a folder
# that pip is told to use instead of an index. Nothing of it is installed.
ARG BASE

# Python's packages are collected in a host of their own, which has what is needed for that and is thrown away.
FROM ${BASE} AS wheels
ARG SUITE
ARG SYNAPSE_VERSION=1.163.2
# An older one, to upgrade from. pip takes the newest where nothing is said.
ARG SYNAPSE_OLDER=1.160.0
ARG TXREDISAPI_VERSION=1.5.0
COPY certificates/ /usr/local/share/ca-certificates/
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; update-ca-certificates; \
    apt-get update -q; \
    apt-get install -q -y --no-install-recommends python3-venv python3-psycopg2; \
    python3 -m venv --system-site-packages /venv; \
    mkdir /wheels; \
    if [ "$SUITE" = sid ]; then \
      # Debian packages Synapse itself here, and all that it needs for workers but this.
      echo "txredisapi==$TXREDISAPI_VERSION" >/wanted; \
    else \
      # Installed to learn what it takes: pip download would not see that Debian's psycopg2 is there, and would build one.
      /venv/bin/pip install -q --no-cache-dir --no-compile "matrix-synapse[postgres,redis]==$SYNAPSE_VERSION"; \
      /venv/bin/pip freeze --local >/wanted; \
    fi; \
    /venv/bin/pip download -q --no-cache-dir --no-deps --dest /wheels -r /wanted pip setuptools wheel; \
    if [ "$SUITE" != sid ]; then \
      /venv/bin/pip download -q --no-cache-dir --no-deps --dest /wheels "matrix-synapse==$SYNAPSE_OLDER"; \
    fi

FROM ${BASE}
ARG SUITE
COPY --from=wheels /wheels /var/cache/test-host-wheels
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    printf '[global]\nno-index = true\nfind-links = /var/cache/test-host-wheels\n' >/etc/pip.conf; \
    if [ "$SUITE" = sid ]; then \
      synapse='matrix-synapse python3-hiredis python3-six python3-pip'; \
    else \
      synapse='python3-venv'; \
    fi; \
    apt-get update -q; \
    # python3-apt is what Ansible, which we are compared with, installs on a host.
    apt-get install -q -y --no-install-recommends --download-only \
      redis-server nginx-light postgresql python3-psycopg2 python3-apt $synapse
