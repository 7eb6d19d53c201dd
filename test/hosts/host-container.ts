import { existsSync } from 'node:fs';
import { GenericContainer, Wait } from 'testcontainers';

/**
 * The container of a host: systemd as PID 1 with a cgroup tree of its own, without --privileged; its ports are
 * published on 127.0.0.1 only. Readiness is the caller's to wait for.
 */
export class HostContainer extends GenericContainer {
  constructor(image: string, bootScript: string) {
    super(image);
    this.withAddedCapabilities('SYS_ADMIN')
      .withSecurityOpt('seccomp=unconfined', 'apparmor=unconfined')
      .withTmpFs({ '/run': '', '/run/lock': '' })
      .withCommand(['sh', '-c', `mount -o remount,rw /sys/fs/cgroup\n${bootScript}\nexec /sbin/init`])
      .withWaitStrategy(Wait.forAll([]));
  }

  /** What testcontainers has no option for: the address that a port is published on, and sysctls. */
  protected override async beforeContainerCreated(): Promise<void> {
    // A host has ::1; Docker leaves it out on its default network. A kernel without IPv6 refuses the setting.
    if (process.platform !== 'linux' || existsSync('/proc/sys/net/ipv6')) {
      this.hostConfig.Sysctls = { 'net.ipv6.conf.lo.disable_ipv6': '0' };
    }
    const bindings: Record<string, { HostIp?: string }[]> = this.hostConfig.PortBindings ?? {};
    for (const binding of Object.values(bindings).flat()) binding.HostIp = '127.0.0.1';
  }
}
