import type { SshMachine } from '../../model/ssh-machine.ts';

/** A machine without files and programs, for commands that contact nobody: arguments are read, configuration is not. */
export const localMachine = ({
  localUser,
  home = '/',
}: {
  readonly localUser: string;
  readonly home?: string | undefined;
}): SshMachine => ({
  home,
  localUser,
  userId: 0,
  hostName: 'localhost',
  text: () => '',
  glob: () => [],
  succeeds: () => false,
  isInNetwork: () => false,
  env: () => undefined,
  homeOf: () => undefined,
});
