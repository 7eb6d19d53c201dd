import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** Which rooms a room may import besides itself and util/, and why it stops there. */
const rooms: Readonly<Record<string, { readonly may: readonly string[]; readonly why: string }>> = {
  model: { may: [], why: 'model/ is the vocabulary: it knows nobody' },
  shell: { may: ['model'], why: 'shell/ quotes and frames, and knows no facts or tasks' },
  template: { may: ['model'], why: 'template/ evaluates, and knows no files or tasks' },
  language: { may: ['model', 'template'], why: 'language/ reads plays; modules come in as an argument' },
  inventory: { may: ['model', 'template', 'language'], why: 'inventory/ reads hosts and variables' },
  facts: { may: ['model', 'shell'], why: 'facts/ looks, and decides nothing' },
  actions: { may: ['model', 'shell', 'facts'], why: 'actions/ does, and decides nothing' },
  modules: { may: ['model', 'facts', 'actions'], why: 'a module is pure: facts in, actions out' },
  engine: {
    may: ['model', 'shell', 'template', 'facts', 'actions'],
    why: 'engine/ runs what it is given: transport, modules and clock are arguments',
  },
  transport: { may: ['model'], why: 'transport/ runs scripts, and does not know what is in them' },
  workspace: { may: ['model'], why: 'workspace/ reads files, and does not know what is in them' },
  report: { may: ['model'], why: 'a reporter gets events and a writable, nothing else' },
  api: {
    may: ['model', 'shell', 'facts', 'modules'],
    why: 'api/ is what modules of a project are made of, as the modules here are',
  },
  cli: { may: ['*'], why: '' },
  util: { may: [], why: 'util/ are leaves without knowledge of the project' },
};

/** Rooms that neither touch the world nor know Node, but for paths. */
const pureRooms = [
  'model',
  'shell',
  'template',
  'language',
  'inventory',
  'modules',
  'facts',
  'actions',
  'api',
  'report',
];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, room: file.split('/')[0] ?? '', text: readFileSync(join(source, file), 'utf8') }));

const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name = '']) => name);

test('the checker sees the project', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(({ text }) => importsOf(text)).length).toBeGreaterThan(300);
});

test('every file stands in a room', () => {
  expect(files.filter(({ room }) => rooms[room] === undefined).map(({ file }) => file)).toEqual([]);
});

test('no room imports what it must not know', () => {
  const crossings = files.flatMap(({ file, room, text }) =>
    importsOf(text)
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(source, resolve(source, dirname(file), name)).split('/')[0] ?? '')
      .filter((other) => other !== room && other !== 'util' && other !== '..')
      .filter((other) => !rooms[room]?.may.includes(other) && !rooms[room]?.may.includes('*'))
      .map((other) => `${file} imports ${other}/: ${rooms[room]?.why}`),
  );
  expect(crossings).toEqual([]);
});

test('pure rooms use no built-in of Node but node:path', () => {
  const uses = files
    .filter(({ room }) => pureRooms.includes(room))
    .flatMap(({ file, text }) =>
      importsOf(text)
        .filter((name) => name.startsWith('node:') || builtinModules.includes(name))
        .filter((name) => name !== 'node:path')
        .map((name) => `${file} uses ${name}`),
    );
  expect(uses).toEqual([]);
});

test('only transport/ knows ssh and child processes', () => {
  const uses = files
    .filter(({ room }) => room !== 'transport')
    .flatMap(({ file, text }) =>
      importsOf(text)
        .filter((name) => ['ssh2', 'node:child_process'].includes(name))
        .map((name) => `${file} uses ${name}`),
    );
  expect(uses).toEqual([]);
});
