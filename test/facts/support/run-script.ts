import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FactKey, FactKind, Observed } from '../../../src/model/fact.ts';

/** A folder that is gone at the end of the block. */
export const temporaryFolder = (): { readonly path: string } & Disposable => {
  const path = mkdtempSync(join(tmpdir(), 'syn-deploy-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

/** Programs by name, each a shell script, found before the machine's own. */
export type FakePrograms = Readonly<Record<string, string>>;

/**
 * Runs a kind's script in the machine's own sh, as on a host, and parses what it prints.
 *
 * @param programs  stand in for those that the script calls
 * @param edit      last change of the script: paths of a host to those of a test
 */
export const observeLocally = <V>(
  kind: FactKind<V>,
  keys: readonly FactKey<V>[],
  programs: FakePrograms = {},
  edit: (script: string) => string = (script) => script,
): ReadonlyMap<string, Observed<V>> => {
  using folder = temporaryFolder();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder.path, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder.path, name), 0o755);
  }
  const { stdout, stderr } = spawnSync('sh', ['-s'], {
    input: `( LC_ALL=C; export LC_ALL\n${edit(kind.script(keys).sh)}\n) </dev/null\n`,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder.path}:${process.env['PATH']}` },
  });
  if (stderr !== '') throw new Error(stderr);
  return kind.parse(stdout, keys);
};

/** A program that prints the text. */
export const printing = (text: string): string => `cat <<'END OF TEXT'\n${text}\nEND OF TEXT`;
