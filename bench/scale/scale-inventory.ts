import { stringify } from 'yaml';

/** What all hosts have in common. */
export interface SharedAccess {
  readonly port: number;
  readonly keyFile: string;
  readonly knownHosts: string;
}

/** An inventory whose hosts differ in name and address only, so that all are sent the same script. */
export const scaleInventory = (
  hosts: readonly { readonly name: string; readonly address: string }[],
  { port, keyFile, knownHosts }: SharedAccess,
): string =>
  stringify({
    all: {
      children: {
        synapse: {
          hosts: Object.fromEntries(hosts.map(({ name, address }) => [name, { ansible_host: address }])),
          vars: {
            ansible_port: port,
            ansible_user: 'root',
            ansible_ssh_private_key_file: keyFile,
            ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHosts}`,
          },
        },
      },
    },
  });
