import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { askAge, isArmoredAge, recipientKinds } from '../../src/workspace/age.ts';
import { decryptVault, parseVault } from '../../src/workspace/ansible-vault.ts';
import { fakeIo } from './fake-io.ts';
import { pipedIo, typedIo } from './typed-io.ts';

const mine = askAge('generate', undefined);
const theirs = askAge('generate', undefined);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-secret-'));
  writeFileSync(at('identity'), `${mine.identity}\n`);
  writeFileSync(at('file'), 'top secret: 1\n', { mode: 0o644 });
  mkdirSync(at('run'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string): string => join(folder, path);
const read = (path = 'file'): Buffer => readFileSync(at(path));

const run = async (args: readonly string[], world: ReturnType<typeof fakeIo> = fakeIo()) => {
  const status = await main(['secret', ...args], world.io);
  return { status, stdout: world.stdout(), stderr: world.stderr() };
};

const opened = (file: Uint8Array, identity = mine.identity): string =>
  Buffer.from(askAge('decrypt', { file, identities: [identity], passphrases: [] })).toString();

test('encrypt, view, decrypt: in place, readable by the owner only, nothing left beside it', async () => {
  expect(await run(['encrypt', at('file'), '-r', mine.recipient])).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  expect(isArmoredAge(read())).toBe(true);
  expect(statSync(at('file')).mode & 0o777).toBe(0o600);
  expect(await run(['view', at('file'), '--age-identity', at('identity')])).toEqual({
    status: 0,
    stdout: 'top secret: 1\n',
    stderr: '',
  });
  expect((await run(['encrypt', at('file'), '-r', mine.recipient])).stderr).toContain('is encrypted already');
  expect(await run(['decrypt', at('file'), '--age-identity', at('identity')])).toMatchObject({ status: 0 });
  expect(read().toString()).toBe('top secret: 1\n');
  expect((await run(['decrypt', at('file')])).stderr).toContain('is not encrypted');
  expect(readdirSync(folder).sort()).toEqual(['file', 'identity', 'run']);
});

test('for several recipients, of options and of a file; as bytes', async () => {
  writeFileSync(at('recipients'), `# them\n${theirs.recipient}\n`);
  await run(['encrypt', at('file'), '-r', mine.recipient, '-R', at('recipients'), '--binary']);
  expect(isArmoredAge(read())).toBe(false);
  expect([opened(read()), opened(read(), theirs.identity)]).toEqual(['top secret: 1\n', 'top secret: 1\n']);
});

test('with a passphrase, asked for twice', async () => {
  expect(await run(['encrypt', at('file'), '-p'], typedIo(['long enough', 'long enough']))).toMatchObject({
    status: 0,
  });
  expect(recipientKinds(read())).toEqual(['scrypt']);
  const viewed = await run(['view', at('file')], typedIo(['long enough']));
  expect(viewed).toMatchObject({ status: 0, stdout: 'top secret: 1\n' });
});

test('from standard input to standard output', async () => {
  const sealed = await run(['encrypt', '-', '-r', mine.recipient], pipedIo('piped'));
  expect(sealed.stdout).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  const plain = await run(['decrypt', '-', '--age-identity', at('identity')], pipedIo(sealed.stdout));
  expect(plain).toEqual({ status: 0, stdout: 'piped', stderr: '' });
});

test('as ansible-vault does, with its passwords', async () => {
  writeFileSync(at('password'), 'of the vault\n');
  expect(await run(['encrypt', at('file'), '--vault-id', `dev@${at('password')}`])).toMatchObject({
    status: 0,
  });
  const vault = parseVault(read().toString());
  expect(vault.label).toBe('dev');
  expect(Buffer.from(decryptVault(vault, 'of the vault') ?? []).toString()).toBe('top secret: 1\n');
  const viewed = await run(['view', at('file'), '--vault-password-file', at('password')]);
  expect(viewed).toMatchObject({ status: 0, stdout: 'top secret: 1\n' });
});

test.each([
  [['encrypt', 'file'], 'for whom?'],
  [['encrypt', 'file', '-r', mine.identity], 'a recipient is a public key (age1…)'],
  [['encrypt', 'file', '-r', 'age1xyz'], 'age cannot encrypt for this'],
  [['encrypt', 'file', '-r', 'ssh-ed25519 AAAA'], 'a recipient begins with age1'],
  [['encrypt', 'none', '-r', mine.recipient], 'there is no such file'],
  [
    ['hide', 'file'],
    'the verb of secret is one of encrypt, decrypt, view, edit, encrypt-string, keygen, found "hide"',
  ],
  [['encrypt-string', 'a b', '-r', mine.recipient], 'wants the name of a variable'],
])('%j: %s', async (args, message) => {
  const [verb = '', file = '', ...rest] = args;
  const named = verb === 'encrypt-string' ? file : at(file);
  const { status, stderr } = await run([verb, named, ...rest]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) });
  expect(stderr).not.toContain(mine.identity);
  expect(read().toString()).toBe('top secret: 1\n');
});

test('a link stays one, and its target is replaced', async () => {
  symlinkSync('file', at('link'));
  await run(['encrypt', at('link'), '-r', mine.recipient]);
  expect(opened(read())).toBe('top secret: 1\n');
  expect(readdirSync(folder).sort()).toEqual(['file', 'identity', 'link', 'run']);
});

describe('encrypt-string', () => {
  test('is a line of YAML that a project reads', async () => {
    const { stdout } = await run(['encrypt-string', 'word', '-r', mine.recipient], pipedIo('the value\n'));
    expect(stdout).toMatch(/^word: !age \|\n {2}-----BEGIN AGE/);
    writeFileSync(at('vars.yaml'), stdout);
    writeFileSync(at('inventory.yaml'), 'all: { hosts: { localhost: { ansible_connection: local } } }\n');
    writeFileSync(
      at('playbook.yaml'),
      `- hosts: all\n  vars_files: [vars.yaml]\n  tasks:\n    - copy: { dest: ${at('out')}, content: "{{ word }}" }\n`,
    );
    const { io } = fakeIo();
    const args = ['apply', at('inventory.yaml'), at('playbook.yaml'), '--age-identity', at('identity')];
    expect(await main(args, io)).toBe(0);
    expect(read('out').toString()).toBe('the value');
  });

  test('is typed unseen, and may be for ansible-vault', async () => {
    writeFileSync(at('password'), 'of the vault\n');
    const { stdout, stderr } = await run(
      ['encrypt-string', 'word', '--vault-password-file', at('password')],
      typedIo(['typed-value']),
    );
    expect(stdout).toMatch(/^word: !vault \|\n {2}\$ANSIBLE_VAULT;1\.1;AES256\n/);
    expect(stdout + stderr).not.toContain('typed-value');
  });
});

test('keygen makes an identity, and overwrites none', async () => {
  const { status, stdout, stderr } = await run(['keygen', at('new')]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  const [, recipient = ''] = /^public key: (age1\w+)\n$/.exec(stderr) ?? [];
  expect(read('new').toString()).toMatch(
    new RegExp(`^# created: .*\n# public key: ${recipient}\nAGE-SECRET-KEY-1\\w+\n$`),
  );
  expect(statSync(at('new')).mode & 0o777).toBe(0o600);
  expect((await run(['keygen', at('new')])).stderr).toContain('it is there already');
  // What is on the way there is made, and is its owner's alone.
  expect((await run(['keygen', at('folder/that/is/new')])).status).toBe(0);
  expect(statSync(at('folder/that')).mode & 0o777).toBe(0o700);
});

describe('edit', () => {
  /** Where private copies are made. */
  const env = (editor: string) => ({
    ...process.env,
    XDG_RUNTIME_DIR: at('run'),
    VISUAL: '',
    EDITOR: editor,
  });
  const sealed = async (...options: readonly string[]): Promise<void> => {
    await run(['encrypt', at('file'), ...options]);
  };
  const edit = async (editor: string, ...options: readonly string[]) =>
    await run(['edit', at('file'), '--age-identity', at('identity'), ...options], fakeIo(env(editor)));

  test('gives the editor a private copy with the name of the file, and encrypts what it left', async () => {
    await sealed('-r', mine.recipient);
    const look = `stat -c '%a %n' "$1" "$(dirname "$1")" >${at('seen')}; sed -i s/1/2/ "$1"`;
    writeFileSync(at('editor'), look);
    expect(await edit(`sh ${at('editor')}`)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(opened(read())).toBe('top secret: 2\n');
    expect(read('seen').toString()).toMatch(/^600 \S+\/run\/syn-deploy-\w+\/file\n700 /);
    expect(readdirSync(at('run'))).toEqual([]);
  });

  test('of several recipients none is lost: they have to be named', async () => {
    await sealed('-r', mine.recipient, '-r', theirs.recipient);
    const before = read();
    const { status, stderr } = await edit('false');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('is for several recipients'),
    });
    expect(read()).toEqual(before);
    expect(await edit('sed -i s/1/2/', '-r', mine.recipient, '-r', theirs.recipient)).toMatchObject({
      status: 0,
    });
    expect(opened(read(), theirs.identity)).toBe('top secret: 2\n');
  });

  test('an editor that fails, or changes nothing, leaves the file as it was', async () => {
    await sealed('-r', mine.recipient);
    const before = read();
    const failed = await edit('sh -c "echo x >>$1; exit 3" sh');
    expect(failed).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ended with status 3; nothing was changed'),
    });
    expect(await edit('true')).toMatchObject({ status: 0, stderr: 'nothing was changed\n' });
    expect(read()).toEqual(before);
    expect(readdirSync(at('run'))).toEqual([]);
  });

  test('a file of ansible-vault stays one, with its vault id', async () => {
    writeFileSync(at('password'), 'of the vault\n');
    const vaultId = ['--vault-id', `dev@${at('password')}`];
    await sealed(...vaultId);
    expect(await edit('sed -i s/1/2/', ...vaultId)).toMatchObject({ status: 0 });
    const vault = parseVault(read().toString());
    expect(vault.label).toBe('dev');
    expect(Buffer.from(decryptVault(vault, 'of the vault') ?? []).toString()).toBe('top secret: 2\n');
  });

  test('a new file', async () => {
    rmSync(at('file'));
    expect(await edit('sh -c "echo new >$1" sh', '-r', mine.recipient)).toMatchObject({ status: 0 });
    expect(opened(read())).toBe('new\n');
  });

  const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  test.each(['SIGHUP', 'SIGTERM', 'SIGINT'] as const)('%s leaves no copy behind', async (signal) => {
    await sealed('-r', mine.recipient);
    // It is gone with the test's folder, too.
    writeFileSync(
      at('editor'),
      `touch ${at('open')}; sleep 1; while [ -e ${at('open')} ]; do sleep 0.1; done`,
    );
    const args = ['secret', 'edit', at('file'), '--age-identity', at('identity')];
    const child = spawn(process.execPath, ['--import', 'tsx', resolve('src/cli/bin.ts'), ...args], {
      env: env(`sh ${at('editor')}`),
      stdio: 'ignore',
    });
    while (!existsSync(at('open'))) await sleep(20);
    expect(readdirSync(at('run'))).toHaveLength(1);
    // The first is the editor's; it goes on, and a second one ends all.
    if (signal !== 'SIGHUP') {
      child.kill(signal);
      await sleep(600);
      expect(child.exitCode).toBeNull();
    }
    await ended(child, signal);
    rmSync(at('open'));
    expect(readdirSync(at('run'))).toEqual([]);
    expect(opened(read())).toBe('top secret: 1\n');
  });
});
