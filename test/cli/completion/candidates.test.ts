import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { fakeIo } from '../fake-io.ts';

let folder: string;
let inventory: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-complete-'));
  inventory = join(folder, 'inventory.yaml');
  writeFileSync(
    inventory,
    'playbooks: [site.yaml]\nall:\n  children:\n    web: { hosts: { web1: , web2: } }\n    db: { hosts: { db1: } }\n',
  );
  writeFileSync(
    join(folder, 'site.yaml'),
    '- hosts: all\n  tags: [base]\n  tasks:\n    - debug: { msg: a }\n      tags: [greet, goodbye]\n',
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

const texts = async (...line: readonly string[]): Promise<readonly string[]> => {
  const { io, stdout, stderr } = fakeIo();
  expect(await main(['completion', 'words', '--', ...line], io)).toBe(0);
  expect(stderr()).toBe('');
  return stdout()
    .split('\n')
    .slice(0, -1)
    .map((text) => text.split('\t')[0] ?? '');
};

test('commands, with what they do', async () => {
  expect(await texts('')).toContain('apply');
  expect(await texts('ch')).toEqual(['check']);
  expect(await texts('--v')).toEqual(['--version']);
  const { io, stdout } = fakeIo();
  await main(['completion', 'words', '--', 'app'], io);
  expect(stdout()).toBe('apply\tbring hosts to the wanted state\n');
});

test('options of the command, and their values', async () => {
  expect(await texts('apply', '--lock')).toEqual(['--lock-timeout']);
  expect(await texts('validate', '--lock')).toEqual([]);
  expect(await texts('apply', inventory, '--output', 'pl')).toEqual(['plain']);
  expect(await texts('apply', inventory, '--output=pl')).toEqual(['--output=plain']);
  expect(await texts('apply', '--private-key', '')).toEqual([':files']);
  expect(await texts('apply', '--user', '')).toEqual([]);
});

test('hosts, groups and tags of the project on the line', async () => {
  expect(await texts('check', inventory, '-l', 'w')).toEqual(['web', 'web1', 'web2']);
  expect(await texts('check', '-f', '5', inventory, '--limit', 'web:!w')).toEqual([
    'web:!web',
    'web:!web1',
    'web:!web2',
  ]);
  expect(await texts('check', inventory, '--tags', 'g')).toEqual(['goodbye', 'greet']);
  expect(await texts('check', inventory, join(folder, 'site.yaml'), '--tags=base,g')).toEqual([
    '--tags=base,goodbye',
    '--tags=base,greet',
  ]);
});

test('words: files, modules, verbs', async () => {
  expect(await texts('apply', '')).toEqual([':files']);
  expect(await texts('apply', inventory, 'playbooks/')).toEqual([':files']);
  expect(await texts('modules', 'systemd_')).toEqual([
    'systemd_dropin',
    'systemd_instances',
    'systemd_service',
    'systemd_unit',
  ]);
  expect(await texts('run', inventory, 'debc')).toEqual(['debconf']);
  expect(await texts('secret', 'v')).toEqual(['view']);
  expect(await texts('modules', 'apt', '')).toEqual([]);
});

test('nothing is said where something is wrong', async () => {
  expect(await texts('nonsense', '')).toEqual([]);
  expect(await texts('apply', '/nowhere.yaml', '-l', '')).toEqual([]);
  writeFileSync(join(folder, 'broken.yaml'), 'all: [');
  expect(await texts('apply', join(folder, 'broken.yaml'), '-l', '')).toEqual([]);
});
