import { expect, test } from 'vitest';
import { removePath } from '../../src/actions/remove-path.ts';
import { Overlay } from '../../src/engine/overlay.ts';
import { debFile } from '../../src/facts/deb-files.ts';
import type { FileFact } from '../../src/facts/files.ts';
import { pipEnvironment } from '../../src/facts/pip-packages.ts';

const thing: FileFact = {
  ...{ type: 'directory', mode: '0755', owner: 'root', group: 'root', uid: 0, gid: 0, sizeBytes: 0 },
  ...{ mtime: 0, inode: 1, links: 1, sha256: '', target: '' },
};

const isUncertain = (
  path: string,
  type: FileFact['type'],
  key: ReturnType<typeof pipEnvironment | typeof debFile>,
) => {
  const overlay = new Overlay(new Map(), { blockOnTaint: true });
  overlay.apply(removePath(path, { ...thing, type }), 'the removal');
  return overlay.taintOf(key) !== undefined;
};

test('an environment of Python is looked at again, once the folder that it is in is removed', () => {
  const environment = pipEnvironment('/opt/app/env');
  expect(isUncertain('/opt/app/env', 'directory', environment)).toBe(true);
  expect(isUncertain('/opt/app', 'directory', environment)).toBe(true);
  expect(isUncertain('/opt/application', 'directory', environment)).toBe(false);
});

test('a .deb file is looked at again, once it is removed', () => {
  expect(isUncertain('/opt/x.deb', 'file', debFile('/opt/x.deb'))).toBe(true);
});
