import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ensureEngine } from '../hosts/engine.ts';
import { findHost, type TestHost } from '../hosts/host.ts';
import { MatrixClient } from './synapse/matrix-client.ts';
import {
  verifyBackends,
  verifyFiles,
  verifyLogs,
  verifySockets,
  verifyTarget,
  verifyUnits,
} from './synapse/verify-target-state.ts';

const prefix = 'syn-demo-test';

/** The README's first command, with hosts of its own; its output is kept, and shown when it fails. */
const runDemo = async (...words: readonly string[]) => {
  await ensureEngine();
  return execa('npm', ['run', 'demo', '--', ...words], {
    env: { SYN_DEPLOY_DEMO: prefix, NO_COLOR: '1' },
    all: true,
    stdin: 'ignore',
  });
};

const synDeploy = async (...args: readonly string[]) => {
  const { stdout } = await execa(process.execPath, [resolve('dist/cli/bin.js'), ...args]);
  return stdout;
};

describe("The README's first command", () => {
  let output: string;

  beforeAll(async () => {
    output = (await runDemo()).all;
  });

  afterAll(async () => {
    await runDemo('--remove');
  });

  test('shows both hosts changed and proved, then an audit without drift', () => {
    for (const suite of ['bookworm', 'trixie']) {
      expect(output).toMatch(new RegExp(`^${suite} +changed, proved`, 'm'));
      expect(output).toMatch(new RegExp(`^${suite} +ok +\\d+ ok, \\d+ skipped +\\(1 exec, 0 waves`, 'm'));
    }
    expect(output).toContain('apply: hosts: 2 changed');
    expect(output).toContain('check: hosts: 2 ok');
  });

  describe.each(['bookworm', 'trixie'] as const)('makes a bare %s', (suite) => {
    let host: TestHost;

    beforeAll(async () => {
      host = await findHost(`${prefix}-${suite}`, { suite });
    });

    test('a homeserver, from the packages of the network', async () => {
      await verifyUnits(host);
      await verifyTarget(host);
      await verifySockets(host);
      await verifyFiles(host);
      await verifyBackends(host, `${suite}.example.org`);
      await verifyLogs(host);
    });

    test('that is reached through nginx as it says', async () => {
      const base = /Matrix +curl (http:\S+)\/_matrix\/client\/versions/.exec(
        output.slice(output.indexOf(`  ${suite}.example.org`)),
      )?.[1];
      const answer = await new MatrixClient(base ?? '').ask('/_matrix/client/versions');
      expect(answer.status).toBe(200);
      expect(answer.body['versions']).toContain('v1.11');
    });

    test('that one can log in to, and make an account on, as it says', async () => {
      const [, ssh = ''] =
        /log in +(ssh .+)/.exec(output.slice(output.indexOf(`  ${suite}.example.org`))) ?? [];
      const [, register = ''] = /an account +(sudo .+)/.exec(output) ?? [];
      const [file = '', ...args] = ssh.split(' ');
      const command = register.replace('register_new_matrix_user', '$& --no-admin -u alice -p secret');
      const { stdout } = await execa(file, [...args, command]);
      expect(stdout).toContain('Success!');
    });
  });

  test('leaves an inventory to go on with', async () => {
    const inventory = `.cache/${prefix}/inventory.yaml`;
    expect(Object.keys(parse(await readFile(inventory, 'utf8')))).toEqual(['playbooks', 'all']);
    expect(await synDeploy('check', inventory)).toContain('check: hosts: 2 ok');
  });
});
