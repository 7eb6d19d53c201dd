import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inventorySchema, type Schema } from '../../../src/cli/editor-schema.ts';
import { main } from '../../../src/cli/main.ts';
import { connectionVariables } from '../../../src/inventory/connection-variables.ts';
import { keywordTexts } from '../../../src/language/keyword-texts.ts';
import { blockKeywords, playKeywords, roleKeywords, taskKeywords } from '../../../src/language/keywords.ts';
import { paramNames } from '../../../src/language/param-names.ts';
import { modules } from '../../../src/modules/index.ts';
import { fakeIo } from '../fake-io.ts';
import { LanguageServer } from './language-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'syn-deploy-editor-'));
let server: LanguageServer;

const globs = {
  playbook: '**/playbooks/*',
  tasks: '**/tasks/*',
  inventory: '**/inventory/*',
  vars: '**/vars/*',
};

beforeAll(async () => {
  const schemas = await Promise.all(
    Object.entries(globs).map(async ([what, glob]): Promise<[string, string]> => {
      const { io, stdout } = fakeIo();
      await main(['schema', what], io);
      const file = join(folder, `${what}.schema.json`);
      writeFileSync(file, stdout());
      return [file, glob];
    }),
  );
  server = await LanguageServer.start(Object.fromEntries(schemas));
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** What an editor would underline. */
const wrong = async (text: string, name: string): Promise<readonly string[]> => {
  const { diagnostics } = await server.open(text, name);
  return diagnostics.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
};

const role = 'playbooks/roles/synapse_workers';
const filesOf = (from: string, as: string): readonly (readonly [string, string])[] =>
  readdirSync(from)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [join(from, name), `${as}/${name}`]);

test.each([
  ...filesOf('playbooks', 'playbooks'),
  ...filesOf(`${role}/tasks`, 'tasks'),
  ...filesOf(`${role}/defaults`, 'vars'),
  ...filesOf('inventory', 'inventory'),
])('finds nothing wrong with %s', async (path, as) => {
  expect(await wrong(readFileSync(path, 'utf8'), as)).toEqual([]);
});

test('finds nothing wrong with the examples of the modules', async () => {
  const all = [...new Set(modules.values())].map(({ examples }) => examples.trimEnd()).join('\n');
  const found = await wrong(`${all}\n`, 'tasks/examples.yaml');
  const lines = all.split('\n');
  expect(found.map((one) => `${one} ${lines[Number.parseInt(one, 10) - 1]}`)).toEqual([]);
});

test('underlines what is misspelled, wherever it stands', async () => {
  const playbook = [
    '- hosts: all',
    '  gather_fact: false',
    '  tasks:',
    '    - apt:',
    '        nmae: htop',
    '      becme: true',
    '    - ansible.builtin.apt: { stat: present }',
    '    - apt: { state: presnt }',
    '    - block:',
    '        - atp: { name: htop }',
    '',
  ].join('\n');
  const found = await wrong(playbook, 'playbooks/wrong.yaml');
  expect(found.map((one) => one.split(':')[0]).toSorted()).toEqual(['10', '2', '5', '6', '7', '8']);
  expect(found.join('\n')).toContain('Property nmae is not allowed');
});

const paramsOf = [...new Set(modules.values())].map(({ name, params, aliases = {} }) => ({
  name,
  params: paramNames(params) ?? [],
  aliases: Object.keys(aliases),
}));

test('shows a sentence for every parameter of every module, where the mouse rests on it', async () => {
  const silent: string[] = [];
  // A document each: the server reads all of it again for each hover.
  for (const { name, params, aliases } of paramsOf) {
    const names = [...params, ...aliases];
    const lines = [`- ${name}:`, ...names.map((param) => `    ${param}: "{{ x }}"`)];
    const { uri } = await server.open(`${lines.join('\n')}\n`, 'tasks/hover.yaml');
    for (const [line, text] of lines.entries()) {
      const said = await server.hover(uri, { line, character: text.startsWith('-') ? 3 : 5 });
      if (!/[a-z].*[.…]\s/.test(said)) silent.push(`${text}: ${said}`);
    }
  }
  expect(silent).toEqual([]);
});

test('offers every parameter of every module', async () => {
  const lines = paramsOf.flatMap(({ name }) => [`- ${name}:`, '    ']);
  const { uri } = await server.open(`${lines.join('\n')}\n`, 'tasks/complete.yaml');
  for (const [index, { name, params }] of paramsOf.entries()) {
    const offered = await server.complete(uri, { line: 2 * index + 1, character: 4 });
    expect({ name, missing: params.filter((param) => !offered.includes(param)) }).toEqual({
      name,
      missing: [],
    });
  }
});

test('offers the modules and the keywords of a task, each with its sentence', async () => {
  const { uri } = await server.open('- \n', 'tasks/complete.yaml');
  const offered = await server.complete(uri, { line: 0, character: 2 });
  expect(offered).toEqual(expect.arrayContaining([...modules.keys(), ...taskKeywords]));
  const hovered = await server.open('- debug: { msg: x }\n  register: x\n', 'tasks/hover.yaml');
  expect(await server.hover(hovered.uri, { line: 1, character: 4 })).toContain('keeps the result');
});

test('every keyword has a sentence', () => {
  const all = new Set([...playKeywords, ...blockKeywords, ...taskKeywords, ...roleKeywords]);
  expect([...all].filter((name) => !/^[A-Z"a-z].+\.$/.test(keywordTexts[name] ?? ''))).toEqual([]);
});

test('every variable of connections has a sentence', () => {
  const { $defs } = inventorySchema() as { $defs: { variables: { properties: Record<string, Schema> } } };
  const { properties } = $defs.variables;
  expect(connectionVariables.filter((name) => properties[name]?.['description'] === undefined)).toEqual([]);
});
