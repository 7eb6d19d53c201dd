import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const localCertificates = '/usr/local/share/ca-certificates';

/** A certificate authority that this machine's administrator added to it. */
export interface LocalCertificate {
  /** its file's name, ending in .crt */
  readonly name: string;
  /** PEM */
  readonly content: string;
}

/**
 * Reads the certificate authorities that were added to this machine the Debian way.
 *
 * Behind a proxy that answers with certificates of its own, a host that downloads needs them as this machine does.
 * They may change from boot to boot, so a host gets them when it starts, not only when its image is built.
 */
export async function machineCertificates(): Promise<LocalCertificate[]> {
  const names = await readdir(localCertificates).catch(() => []);
  const crts = names.filter((name) => name.endsWith('.crt'));
  return Promise.all(
    crts.map(async (name) => ({ name, content: await readFile(join(localCertificates, name), 'utf8') })),
  );
}

/** Writes this machine's own certificate authorities into a folder, which is made and may stay empty. */
export async function copyMachineCertificates(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const { name, content } of await machineCertificates()) await writeFile(join(dir, name), content);
}
