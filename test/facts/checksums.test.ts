import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksum, checksumAlgorithms, checksums } from '../../src/facts/checksums.ts';

test('every algorithm gives what it should, and nothing for what is no file', () => {
  const folder = mkdtempSync(join(tmpdir(), "sum '\\-"));
  const path = join(folder, 'a\\b\n');
  writeFileSync(path, 'text\n');
  const keys = [...checksumAlgorithms.map((algorithm) => checksum(path, algorithm)), checksum(folder, 'md5')];
  const { stdout } = spawnSync('sh', ['-s'], { input: checksums.script(keys).sh, encoding: 'utf8' });
  const wanted = checksumAlgorithms.map((algorithm) => createHash(algorithm).update('text\n').digest('hex'));
  expect([...checksums.parse(stdout, keys).values()]).toEqual([...wanted, 'absent']);
  rmSync(folder, { recursive: true });
});

test('output of another form is an error with the text in it', () => {
  expect(() => checksums.parse('motd\n', [checksum('/a', 'sha1')])).toThrow('motd');
});
