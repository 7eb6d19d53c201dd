import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { fakeIo } from './fake-io.ts';

const said = async (...args: readonly string[]) => {
  const { io, stdout, stderr } = fakeIo();
  const status = await main(args, io);
  return { status, stdout: stdout(), stderr: stderr() };
};

const commands = [
  'apply',
  'check',
  'validate',
  'list',
  'doctor',
  'run',
  'trust',
  'secret',
  'modules',
  'init',
  'schema',
  'completion',
];

describe('a wrong command line is answered in one line, with exit status 1', () => {
  test.each([
    [['aply'], 'unknown command "aply"; did you mean "apply"?'],
    [['frobnicate'], `unknown command "frobnicate"; commands are ${commands.join(', ')}`],
    [['-l', 'web1', 'apply'], 'options come after a command, such as "syn-deploy apply"; found "-l"'],
    [['apply', 'x', '--limt', 'a'], 'unknown option "--limt" of apply; did you mean "--limit"?'],
    [['apply', 'x', '--no-colour'], 'unknown option "--no-colour" of apply; did you mean "--no-color"?'],
    [['apply', 'x', '-bq'], 'unknown option "-q" of apply; "syn-deploy apply --help" lists them'],
    [
      ['modules', '--limit', 'a'],
      'unknown option "--limit" of modules; "syn-deploy modules --help" lists them',
    ],
    [
      ['apply', '-i', 'hosts', 'site.yml'],
      'unknown option "-i" of apply; the inventory is the first word after the command: syn-deploy apply INVENTORY …',
    ],
    [
      ['check', 'x', '--list-hosts'],
      'unknown option "--list-hosts" of check; that is a command: syn-deploy list INVENTORY [PLAYBOOK…]',
    ],
    [
      ['run', 'x', 'command', 'ls', '--all'],
      'unknown option "--all" of run; words that begin with a dash come after "--": syn-deploy run x command -- …',
    ],
    [
      ['run', 'x', 'command', 'ls', '-l', '/srv'],
      '-l is --limit, and no host is called "/srv"; words that begin with a dash come after "--": syn-deploy run x command -- …',
    ],
    [
      ['run', 'x', 'all', '-m', 'ping'],
      'unknown option "-m" of run; the module is the word after the inventory, and -l says on which hosts: syn-deploy run INVENTORY MODULE [ARG…] -l HOSTS',
    ],
    [['help', 'aply'], 'unknown command "aply"; did you mean "apply"?'],
    [['apply', 'x', '--limit'], '--limit needs a value'],
    [
      ['apply', 'x', '-l', '--check'],
      '-l needs a value; found "--check" (a value that begins with a dash is written -l--check)',
    ],
    [['apply', 'x', '--check=yes'], '--check takes no value; found "yes"'],
    [['modules', 'apt', 'file'], 'modules takes one word: syn-deploy modules [NAME]; found "file" too'],
    [['modules', 'aptt'], 'unknown module "aptt"; did you mean "apt"?'],
    [['schema', 'role'], 'schema is of playbook, tasks, inventory, vars, not of "role"'],
    [
      ['schema', 'playbok'],
      'schema is of playbook, tasks, inventory, vars, not of "playbok"; did you mean "playbook"?',
    ],
  ])('%j', async (args, message) => {
    expect(await said(...args)).toEqual({ status: 1, stdout: '', stderr: `syn-deploy: ${message}\n` });
  });

  test.each([
    [['apply'], 'apply needs INVENTORY: syn-deploy apply INVENTORY [PLAYBOOK…]'],
    [['run', 'inventory.yaml'], 'run needs MODULE: syn-deploy run INVENTORY MODULE [ARG…]'],
    [['schema'], 'schema needs WHAT: syn-deploy schema WHAT'],
  ])('%j says what is missing and where examples are', async (args, message) => {
    const { status, stderr } = await said(...args);
    expect(status).toBe(1);
    expect(stderr).toBe(`syn-deploy: ${message}\n"syn-deploy ${args[0]} --help" has examples\n`);
  });
});

test('the version is the one of package.json', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const option of ['--version', '-V'])
    expect(await said(option)).toEqual({ status: 0, stdout: `syn-deploy ${version}\n`, stderr: '' });
});

test('help goes to standard output when it is asked for, else to standard error', async () => {
  const asked = await said('--help');
  expect(asked).toMatchObject({ status: 0, stderr: '' });
  const unasked = await said();
  expect(unasked).toMatchObject({ status: 1, stdout: '' });
  expect(unasked.stderr).toBe(asked.stdout);
  for (const command of commands) expect(asked.stdout).toContain(`\n  ${command} `);
});

test.each(commands)('the help of %s has its usage, options and examples, in 80 columns', async (command) => {
  const { status, stdout, stderr } = await said(command, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`usage: syn-deploy ${command} `);
  expect(stdout).toContain('\nexit status:\n');
  expect(stdout).toContain(`\nexamples:\n  syn-deploy ${command}`);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('the help of apply says what the exit statuses mean', async () => {
  const { stdout } = await said('apply', '-h');
  for (const status of ['0 ', '1 ', '2 ', '4 ', '8 ', '70', '130'])
    expect(stdout).toContain(`\n  ${status} `);
});

test('what follows -- is no option', async () => {
  const { stderr } = await said('run', 'nowhere.yaml', 'command', '--', 'ls', '--help');
  expect(stderr).toContain('there is no inventory nowhere.yaml');
});

test('help of a command is asked for in two ways', async () => {
  expect(await said('help', 'check')).toEqual(await said('check', '--help'));
});
