import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from '../cli/fake-io.ts';

const text = readFileSync('docs/audits.md', 'utf8');

/** Commands of the page: in its blocks, in the units and in the jobs of CI. */
const commands = [
  ...new Set(
    [...text.matchAll(/^.*?(syn-deploy check [^|\n]*)/gm)]
      .filter(([line]) => !line.includes('`syn-deploy'))
      .map(([, command = '']) => command.trim()),
  ),
];

const home = process.cwd();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-audits-'));
  writeFileSync(
    join(folder, 'inventory.yaml'),
    'playbooks: [play.yaml]\nall: { hosts: { here: { ansible_connection: local } } }\n',
  );
  writeFileSync(
    join(folder, 'play.yaml'),
    `- { hosts: all, gather_facts: false, tasks: [{ copy: { dest: ${folder}/file, content: x } }] }\n`,
  );
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('every command of docs/audits.md is one that works', () => {
  test('they are found', () => {
    expect(commands.length).toBeGreaterThanOrEqual(6);
  });

  test.each(commands)('%s', async (command) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as systemd has it
    const [, ...args] = command.replaceAll('${STATE_DIRECTORY}/', '').split(' ');
    const { io, stderr } = fakeIo();
    expect(await main(args, io)).toBe(8);
    expect(stderr()).toBe('');
    const files = args.flatMap((arg) => /=(.+)$/.exec(arg)?.slice(1) ?? []);
    for (const file of files) expect(readdirSync(folder)).toContain(file);
  });
});

test('the jobs for CI are YAML, and keep their reports whatever the check finds', () => {
  const [gitlab, github] = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) =>
    parse(yaml),
  );
  expect(gitlab.drift.artifacts).toMatchObject({ when: 'always', reports: { junit: 'drift.xml' } });
  const steps: readonly { uses?: string; if?: string }[] = github.jobs.drift.steps;
  expect(steps.at(-1)).toMatchObject({ uses: 'actions/upload-artifact@v4', if: 'always()' });
});
