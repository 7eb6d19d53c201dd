import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from './keys.ts';

/** What a client needs on this machine to log in to one host. */
export interface HostFiles {
  /** the folder of the others; removed with the host */
  readonly dir: string;
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
}

/** The folder of all hosts' files. */
export const hostFilesRoot = join(tmpdir(), 'syn-deploy-hosts');

/** Where the files of the host of this name lie: the same in every process, so that a kept host can be found again. */
export function hostFiles(name: string): HostFiles {
  const dir = join(hostFilesRoot, name);
  return { dir, privateKeyPath: join(dir, 'id_ed25519'), knownHostsPath: join(dir, 'known_hosts') };
}

/** Writes the login key and the known_hosts line of a host that is reached at 127.0.0.1:port. */
export async function writeHostFiles(
  files: HostFiles,
  login: KeyPair,
  hostKey: string,
  port: number,
): Promise<void> {
  await rm(files.dir, { recursive: true, force: true });
  await mkdir(files.dir, { recursive: true, mode: 0o700 });
  await writeFile(files.privateKeyPath, login.privateKey, { mode: 0o600 });
  await writeFile(`${files.privateKeyPath}.pub`, `${login.publicKey}\n`);
  await writeFile(files.knownHostsPath, `[127.0.0.1]:${port} ${hostKey}\n`);
}
