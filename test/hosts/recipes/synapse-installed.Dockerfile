# synapse, with all of it installed and as the packages leave it: Redis, nginx and PostgreSQL start with the host.
ARG BASE
FROM ${BASE}
ARG SUITE
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    # Nothing is to start while the image is built.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d; chmod 0755 /usr/sbin/policy-rc.d; \
    install='apt-get install -q -y --no-install-recommends'; \
    $install redis-server nginx-light postgresql python3-psycopg2; \
    if [ "$SUITE" = sid ]; then \
      { echo 'matrix-synapse matrix-synapse/server-name string example.org'; \
        echo 'matrix-synapse matrix-synapse/report-stats boolean false'; } | debconf-set-selections; \
      $install matrix-synapse python3-hiredis python3-six python3-pip; \
      pip install -q --root-user-action=ignore --break-system-packages --no-deps txredisapi; \
      # It would crash for ever on its TLS listener without a certificate, and the host would never be up.
      systemctl disable matrix-synapse.service; \
    else \
      $install python3-venv; \
      python3 -m venv --system-site-packages /opt/venvs/matrix-synapse; \
      /opt/venvs/matrix-synapse/bin/pip install -q 'matrix-synapse[postgres,redis]'; \
    fi; \
    rm /usr/sbin/policy-rc.d
