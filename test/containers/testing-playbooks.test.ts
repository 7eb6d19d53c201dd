import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { ensureBaseImage } from '../hosts/base-image.ts';
import { dockerSucceeds } from '../hosts/docker.ts';
import { ensureEngine } from '../hosts/engine.ts';
import { followPage, startReader } from './support/follow-page.ts';

test('docs/testing-playbooks.md: a container is made, set up, broken, mended and taken away', async () => {
  await ensureEngine();
  const base = await ensureBaseImage('trixie');
  await using reader = await startReader({});
  // The base image may be one of our own.
  const { stdout: docker } = await execa('sh', ['-c', 'command -v docker']);
  const standIn = `case $1 in build) shift; set -- build --build-arg BASE=${base} "$@" ;; esac\nexec ${docker} "$@"`;
  await writeFile(join(reader.folder, 'bin/docker'), `#!/bin/sh\n${standIn}\n`);
  await chmod(join(reader.folder, 'bin/docker'), 0o755);
  try {
    await followPage('docs/testing-playbooks.md', reader);
    expect(await dockerSucceeds(['container', 'inspect', 'breakable'])).toBe(false);
  } finally {
    await dockerSucceeds(['rm', '--force', 'breakable']);
  }
});
