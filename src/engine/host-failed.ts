/** Looks and waves after which a host is given up: a playbook that never comes to rest. */
export const mostRounds = 200;

/** The host cannot go on; `message` says why, to people. */
export class HostFailed extends Error {
  override readonly name = 'HostFailed';
}
