# A Debian as a user's bare host is: systemd, sshd, sudo, an account to log in to; no Python, no package lists.
ARG BASE
FROM ${BASE}
ARG SUITE
# What registries' Debian images add for building images (no services, no package cache), a host does not have.
RUN rm -f /usr/sbin/policy-rc.d /etc/apt/apt.conf.d/docker-*; \
    # sid's release file may be past its date on a mirror that lags behind.
    if [ "$SUITE" = sid ]; then echo 'Acquire::Check-Valid-Until "false";' >/etc/apt/apt.conf.d/99test-host; fi
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    apt-get update -q; \
    apt-get install -q -y --no-install-recommends \
      systemd systemd-sysv dbus openssh-server sudo ca-certificates procps iproute2; \
    apt-get clean; \
    # Each host gets keys and an identity of its own when it starts.
    rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* /etc/machine-id; \
    # apt's own timers would take the lock of dpkg while a test runs.
    systemctl disable apt-daily.timer apt-daily-upgrade.timer
# An administrator who has used sudo before: the first use would leave a mark in the home.
RUN useradd --create-home --shell /bin/bash admin; touch /home/admin/.sudo_as_admin_successful; \
    install -d -m 0700 /root/.ssh /home/admin/.ssh; chown -R admin: /home/admin
# This machine's own certificate authorities; a host that starts when they are others gets those, half a second slower.
COPY certificates/ /usr/local/share/ca-certificates/
RUN update-ca-certificates
# The container runtime makes no user namespaces here (status 217/USER). Part of the test, not of any playbook.
RUN d=/etc/systemd/system/redis-server.service.d; mkdir -p $d; \
    printf '[Service]\nPrivateUsers=no\n' >$d/00-container.conf
# Not just updated: what systemd does once after an update of /usr is done.
RUN touch /etc/.updated /var/.updated
