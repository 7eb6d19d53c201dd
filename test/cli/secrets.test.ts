import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { askAge } from '../../src/workspace/age.ts';
import { encryptVault } from '../../src/workspace/ansible-vault.ts';
import { type Sealer, seal } from '../../src/workspace/seal.ts';
import { fakeIo } from './fake-io.ts';
import { typedIo } from './typed-io.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'syn-deploy-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (path: string): string => join(folder, path);

const put = (path: string, content: string | Uint8Array): string => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
  return at(path);
};

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../workspace', name));

const vault = (text: string, password = 'first password', label?: string): string =>
  encryptVault(new TextEncoder().encode(text), password, label);

const age = (text: string, sealer: Sealer, isArmored = true): Uint8Array =>
  seal(new TextEncoder().encode(text), sealer, isArmored);

/** As the value of a key in YAML. */
const block = (tag: string, text: string | Uint8Array): string =>
  `!${tag} |\n${Buffer.from(text).toString().trimEnd().replaceAll(/^/gm, '        ')}\n`;

const inventory = (vars = ''): string =>
  put('inventory.yaml', `all:\n  hosts:\n    localhost:\n      ansible_connection: local\n${vars}`);

const run = async (args: readonly string[], world = fakeIo()) => {
  const status = await main(args, world.io);
  return { status, stdout: world.stdout(), stderr: world.stderr() };
};

/** A project with a secret in every place that can hold one. */
const fullProject = () => {
  const key = askAge('generate', undefined);
  const forKey: Sealer = { kind: 'recipients', recipients: [key.recipient] };
  const secrets = {
    database_password: 'hunter-in-a-file',
    inline: 'an-inline {{ secret',
    aged: 'in-a-file-of-age',
    inline_age: 'an "inline" of age',
    copied: 'line one of a copied file\nline two of a copied file\n',
    templated: 'text beside the variables',
  };
  const vaultFile = put('password', 'first password\n');
  const identity = put('identity.txt', `# ours\n${key.identity}\n`);
  put('group_vars/all/vault.yml', fixture('vault/plain.vault'));
  put('aged.yml', age(`aged: ${secrets.aged}\n`, forKey, false));
  put('files/copied', vault(secrets.copied));
  put('templates/made.j2', vault(`${secrets.templated}: {{ aged }}\n`));
  put(
    'playbook.yaml',
    `- hosts: all
  vars_files: [aged.yml]
  tasks:
    - name: Everything in one file
      copy:
        dest: ${at('out/all')}
        content: "{{ database_password }}|{{ inline }}|{{ aged }}|{{ inline_age }}|{{ port }}|{{ inline | b64encode }}"
    - copy: { src: copied, dest: ${at('out/copied')} }
    - template: { src: made.j2, dest: ${at('out/made')} }
    - name: Show {{ aged }}
      debug: { msg: "{{ { inline: [database_password] } }}" }
    - command: printf '%s' "{{ inline_age }}"
      changed_when: false
    - copy: { dest: ${at('out/looked-up')}, content: "{{ lookup('file', 'copied') }}" }
`,
  );
  inventory(
    `      inline: ${block('vault', vault(secrets.inline, 'first password', 'other'))}` +
      `      inline_age: ${block('age', age(secrets.inline_age, forKey))}`,
  );
  mkdirSync(at('out'));
  return { secrets, options: ['--vault-password-file', vaultFile, '--age-identity', identity] };
};

const expectHidden = (text: string, secrets: readonly string[]): void => {
  for (const secret of secrets)
    for (const line of secret.split('\n').filter((part) => part !== '')) {
      expect(text).not.toContain(line);
      expect(text).not.toContain(JSON.stringify(line).slice(1, -1));
      for (const skip of [0, 1, 2]) {
        const bytes = Buffer.concat([Buffer.alloc(skip), Buffer.from(line)]);
        expect(text).not.toContain(bytes.toString('base64').slice(4, -4));
      }
    }
};

test('secrets of all kinds are read wherever they stand, and shown nowhere', async () => {
  const { secrets, options } = fullProject();
  const args = [at('inventory.yaml'), at('playbook.yaml'), ...options, '-vvv', '--diff'];
  const outputs = [
    await run(['check', ...args, '-o', 'plain']),
    await run(['apply', ...args, '-o', 'json']),
    await run(['apply', ...args, '-o', 'plain']),
    await run(['list', ...args.slice(0, -2)]),
  ];
  expect(
    outputs.map(({ status }) => status),
    outputs.map(({ stderr }) => stderr).join(''),
  ).toEqual([8, 0, 0, 0]);
  expect(readFileSync(at('out/all'), 'utf8')).toBe(
    [
      secrets.database_password,
      secrets.inline,
      secrets.aged,
      secrets.inline_age,
      '5432',
      Buffer.from(secrets.inline).toString('base64'),
    ].join('|'),
  );
  expect(readFileSync(at('out/copied'), 'utf8')).toBe(secrets.copied);
  expect(readFileSync(at('out/made'), 'utf8')).toBe(`${secrets.templated}: ${secrets.aged}\n`);
  expect(readFileSync(at('out/looked-up'), 'utf8')).toBe(secrets.copied.trim());
  expect(outputs[0]?.stdout).toContain('********');
  for (const { stdout, stderr } of outputs) expectHidden(stdout + stderr, Object.values(secrets));
});

test('the earlier value of a secret that has changed is not shown either', async () => {
  put(
    'playbook.yaml',
    `- hosts: all\n  tasks:\n    - copy: { dest: ${at('out')}, content: "user: me\\npassword: {{ word }}\\n" }\n`,
  );
  const password = put('password', 'first password');
  const applied = async (word: string, ...more: readonly string[]) => {
    inventory(`      word: ${block('vault', vault(word))}`);
    return await run([
      'apply',
      at('inventory.yaml'),
      at('playbook.yaml'),
      '--vault-password-file',
      password,
      ...more,
    ]);
  };
  await applied('first-value');
  const { status, stdout } = await applied('second-value', '--diff');
  expect(status).toBe(0);
  expect(stdout).toContain('password: ********');
  expect(stdout).not.toMatch(/(?:first|second)-value/);
});

describe('passwords of ansible-vault', () => {
  const playbook = (): string => put('playbook.yaml', '- hosts: all\n  tasks:\n    - debug: { var: x }\n');
  const validate = async (options: readonly string[], world = fakeIo()) =>
    await run(['validate', at('inventory.yaml'), playbook(), ...options], world);

  test('missing or wrong: one message with its place for all values, before anything else', async () => {
    inventory(
      `      x: ${block('vault', vault('value', 'right', 'dev'))}      y: ${block('vault', vault('value', 'right', 'dev'))}`,
    );
    const missing = await validate([]);
    expect(missing).toMatchObject({ status: 1, stdout: '' });
    expect(missing.stderr.replaceAll(`${folder}/`, '')).toBe(
      `inventory.yaml:5:10: error: encrypted with ansible-vault, and no password for it is given (its vault id is "dev") [no-vault-password]
5 |       x: !vault |
  |          ^^^^^^
hint: give --vault-password-file FILE, --vault-id dev@FILE or --ask-vault-pass

1 error
`,
    );
    const wrong = await validate(['--vault-id', `dev@${put('wrong', 'wrong')}`]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain(
      'cannot be decrypted: the vault password that is given (dev) does not fit',
    );
    expect(wrong.stderr).toContain('1 error');
  });

  test('a whole file names itself', async () => {
    inventory();
    put('group_vars/all.yml', vault('x: 1\n'));
    const { stderr, status } = await validate([]);
    expect(status).toBe(1);
    expect(stderr).toContain('group_vars/all.yml:1:1: error: encrypted with ansible-vault, and no password');
    expect(stderr).toContain('1 error');
  });

  test('a file that a task copies is told as a mistake of the task, beside all others, and not where the task may fail', async () => {
    inventory();
    put('files/a.vault', vault('a\n'));
    put('more/b.vault', vault('b\n'));
    const tasks = (more = '') =>
      put(
        'copies.yaml',
        `- hosts: all
  tasks:
    - copy: { src: a.vault, dest: /tmp/a }
${more}    - copy: { src: more, dest: /tmp/b }
${more}    - copy: { content: x, dest: "{{ nowhere }}" }
${more}`,
      );
    const wrong = await run(['validate', at('inventory.yaml'), tasks()]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain(
      `copies.yaml:3:7: error: copy: ${at('files/a.vault')}: encrypted with ansible-vault, and no password for it is given`,
    );
    expect(wrong.stderr).toContain('hint: give --vault-password-file FILE');
    expect(wrong.stderr).toContain(`copies.yaml:4:7: error: copy: ${at('more/b.vault')}: encrypted`);
    expect(wrong.stderr).toContain('nowhere');
    const ignored = await run(['validate', at('inventory.yaml'), tasks('      ignore_errors: true\n')]);
    expect(ignored).toMatchObject({ status: 0 });
  });

  test('with decrypt: false a file is copied as it lies there, and needs no password', async () => {
    inventory();
    const sealed = vault('a\n');
    put('files/a.vault', sealed);
    mkdirSync(at('out'));
    const playbook = put(
      'copies.yaml',
      `- hosts: all
  tasks:
    - copy: { src: a.vault, dest: ${at('out/a')}, decrypt: false }
    - copy: { src: ${at('files')}, dest: ${at('out')}, decrypt: false }
`,
    );
    expect(await run(['apply', at('inventory.yaml'), playbook])).toMatchObject({ status: 0 });
    expect(readFileSync(at('out/a'), 'utf8')).toBe(sealed);
    expect(readFileSync(at('out/files/a.vault'), 'utf8')).toBe(sealed);
  });

  test('a vault that is broken', async () => {
    inventory('      x: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        zz\n      y: !vault text\n');
    const { stderr } = await validate(['--vault-password-file', put('password', 'p')]);
    expect(stderr).toContain('inventory.yaml:5:10: error: encrypted with ansible-vault, but what follows');
    expect(stderr).toContain('"!vault" stands before what was encrypted with ansible-vault');
  });

  test('of several, that of the vault id, or any; a program prints it; the environment names it', async () => {
    inventory(`      x: ${block('vault', vault('value', 'of the program'))}`);
    const program = put(
      'secret-client.sh',
      '#!/bin/sh\n[ "$1 $2" = "--vault-id prod" ] && echo "of the program"\n',
    );
    chmodSync(program, 0o755);
    const first = put('first', 'another\n');
    expect(await validate(['--vault-id', `dev@${first}`, '--vault-id', `prod@${program}`])).toMatchObject({
      status: 0,
    });
    const file = put('file', vault('of the program\n', 'another'));
    expect(await validate(['--vault-id', `dev@${first}`, '--vault-id', file])).toMatchObject({ status: 0 });
    const plain = put('plain', 'of the program\n');
    expect(await validate([], fakeIo({ ANSIBLE_VAULT_PASSWORD_FILE: plain }))).toMatchObject({ status: 0 });
    expect(await validate(['-J'], typedIo(['of the program']))).toMatchObject({ status: 0 });
    expect(await validate(['--vault-id', 'x@prompt'], typedIo(['of the program']))).toMatchObject({
      status: 0,
    });
  });

  test('a program that fails, a file that is not there, an empty one', async () => {
    inventory();
    const program = put('fails', '#!/bin/sh\nexit 3\n');
    chmodSync(program, 0o755);
    for (const [file, why] of [
      [program, 'the program that is to print the password ended with status 3'],
      [at('none'), 'there is no such file'],
      [put('empty', '\n'), 'the password is empty'],
    ])
      expect(await validate(['--vault-password-file', file ?? ''])).toEqual({
        status: 1,
        stdout: '',
        stderr: `syn-deploy: --vault-password-file ${file}: ${why}\n`,
      });
  });

  test('a secret that is too short to be hidden is warned of', async () => {
    inventory(`      x: ${block('vault', vault('abc'))}`);
    const { stderr, status } = await validate(['--vault-password-file', put('password', 'first password')]);
    expect(status).toBe(0);
    expect(stderr).toContain('a secret of less than 4 characters cannot be hidden');
  });

  test('a mistake in an encrypted file shows none of its lines', async () => {
    inventory();
    put('group_vars/all.yml', vault('x: 1\nsecret_text: "very secret"\nbad: [very secret words\n'));
    const { stderr, status } = await validate(['--vault-password-file', put('password', 'first password')]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/group_vars\/all\.yml:\d+:\d+: error/);
    expect(stderr).not.toMatch(/very secret|ANSIBLE_VAULT/);
  });

  test('a value that is wrong for a module is not quoted', async () => {
    inventory(`      x: ${block('vault', vault('not-a-state-at-all'))}`);
    put('playbook.yaml', '- hosts: all\n  tasks:\n    - file: { path: /tmp/x, state: "{{ x }}" }\n');
    const { stderr, status } = await run([
      'validate',
      at('inventory.yaml'),
      at('playbook.yaml'),
      '--vault-password-file',
      put('password', 'first password'),
    ]);
    expect(status).toBe(1);
    expect(stderr).not.toContain('not-a-state-at-all');
  });
});

describe('identities of age', () => {
  const validate = async (options: readonly string[], world = fakeIo()) =>
    await run(
      [
        'validate',
        at('inventory.yaml'),
        put('playbook.yaml', '- hosts: all\n  tasks:\n    - debug: { var: x }\n'),
        ...options,
      ],
      world,
    );

  test('missing, wrong, of the environment, itself encrypted', async () => {
    const [mine, theirs] = [askAge('generate', undefined), askAge('generate', undefined)];
    inventory(`      x: ${block('age', age('value', { kind: 'recipients', recipients: [mine.recipient] }))}`);
    expect((await validate([])).stderr).toContain(
      'inventory.yaml:5:10: error: encrypted with age, and no identity is given',
    );
    const other = put('theirs', `${theirs.identity}\n`);
    expect((await validate(['--age-identity', other])).stderr).toContain('cannot be decrypted with age');
    const own = put('mine', `${mine.identity}\n`);
    expect(await validate(['--age-identity', other, '--age-identity', own])).toMatchObject({ status: 0 });
    expect(
      await validate([], fakeIo({ SYN_DEPLOY_AGE_IDENTITY: own, SOPS_AGE_KEY_FILE: other })),
    ).toMatchObject({ status: 0 });
    expect(await validate([], fakeIo({ SOPS_AGE_KEY_FILE: own }))).toMatchObject({ status: 0 });
    const locked = put(
      'locked',
      age(`${mine.identity}\n`, { kind: 'passphrase', passphrase: 'long and secret' }),
    );
    expect(await validate(['--age-identity', locked], typedIo(['long and secret']))).toMatchObject({
      status: 0,
    });
    const wrong = await validate(['--age-identity', put('x', 'ssh-ed25519 AAAA\n')]);
    expect(wrong.stderr).toContain('expected lines that begin with AGE-SECRET-KEY-1, found something else');
    const strange = put('strange', 'AGE-PLUGIN-YUBIKEY-1AAAA\n');
    const named = await validate([], fakeIo({ SOPS_AGE_KEY_FILE: strange }));
    expect(named.stderr).toContain(`hint: SOPS_AGE_KEY_FILE ${strange}: expected lines that begin`);
    // Whoever has nothing encrypted with age is not bothered with it.
    inventory('      x: plain\n');
    expect(await validate([], fakeIo({ SOPS_AGE_KEY_FILE: strange }))).toMatchObject({ status: 0 });
    expect(await validate([], fakeIo({ SYN_DEPLOY_AGE_IDENTITY: locked }))).toMatchObject({ status: 0 });
  });

  test('a passphrase is asked for when the file is met, and again when it does not fit', async () => {
    inventory();
    put(
      'group_vars/all.yml',
      age('x: from the file\n', { kind: 'passphrase', passphrase: 'long and secret' }),
    );
    const typed = typedIo(['wrong', 'long and secret']);
    expect(await validate([], typed)).toMatchObject({ status: 0 });
    expect(typed.left).toEqual([]);
    expect((await validate([])).stderr).toContain('which can be asked for on a terminal only');
  });
});

describe('vars_prompt', () => {
  const out = (): string => readFileSync(at('out'), 'utf8');
  const apply = async (
    prompts: string,
    content: string,
    options: readonly string[] = [],
    world = fakeIo(),
  ) => {
    inventory();
    const playbook = put(
      'playbook.yaml',
      `- hosts: "{{ where | default('all') }}"\n  vars: { word: from-vars }\n  vars_prompt:\n${prompts}  tasks:\n    - copy: { dest: ${at('out')}, content: "${content}" }\n`,
    );
    return await run(['apply', at('inventory.yaml'), playbook, '--diff', ...options], world);
  };

  test('without a terminal the default is taken, and what -e gives is not asked', async () => {
    const prompts = '    - { name: word, default: "{{ 1 + 1 }}" }\n    - { name: other, prompt: Another }\n';
    expect(await apply(prompts, '{{ word }} {{ other }}', ['-e', 'other=given'])).toMatchObject({
      status: 0,
    });
    expect(out()).toBe('2 given');
    const { status, stderr, stdout } = await apply(prompts, '{{ word }}');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(
      'playbook.yaml:5:15: error: the variable "other" is asked for, and standard input is no terminal',
    );
  });

  test('private answers are secrets, others are shown; the hosts may hang on one', async () => {
    const typed = typedIo(['localhost', 'typed-secret', 'typed-open', '']);
    const prompts = [
      '    - { name: where, prompt: "Which hosts?", private: false }',
      '    - { name: word, prompt: "The word:" }',
      '    - { name: open_one, private: false }',
      '    - { name: kept, default: preset, private: false }\n',
    ].join('\n');
    const { status, stdout, stderr } = await apply(
      prompts,
      '{{ word }} {{ open_one }} {{ kept }}',
      [],
      typed,
    );
    expect(status, stderr).toBe(0);
    expect(out()).toBe('typed-secret typed-open preset');
    expect(stdout).toContain('******** typed-open preset');
    expect(stdout + stderr).not.toContain('typed-secret');
    expect(stderr).toContain('The word: ');
    expect(stderr).toContain('kept [preset]: ');
  });

  test('confirm asks until both are the same', async () => {
    const typed = typedIo(['one', 'two', 'three', 'three']);
    expect(await apply('    - { name: word, confirm: true }\n', '{{ word }}', [], typed)).toMatchObject({
      status: 0,
    });
    expect(out()).toBe('three');
  });

  test('braces in an answer are a template, unless it is unsafe', async () => {
    const typed = typedIo(['{{ 1 + 1 }}', '{{ 1 + 1 }}']);
    const prompts = '    - { name: a, private: false }\n    - { name: b, private: false, unsafe: true }\n';
    expect(await apply(prompts, '{{ a }} {{ b }}', [], typed)).toMatchObject({ status: 0 });
    expect(out()).toBe('2 {{ 1 + 1 }}');
  });

  test('nothing is asked where nothing will run: validate, list, and a playbook with a mistake', async () => {
    await apply('    - { name: word }\n    - { name: where }\n', '{{ word }}', [
      '-e',
      'word=x',
      '-e',
      'where=all',
    ]);
    const playbook = at('playbook.yaml');
    expect(await run(['validate', at('inventory.yaml'), playbook])).toMatchObject({ status: 0, stderr: '' });
    expect(await run(['list', at('inventory.yaml'), playbook])).toMatchObject({ status: 0, stderr: '' });
    put('playbook.yaml', `${readFileSync(playbook, 'utf8')}  tusks: []\n`);
    const typed = typedIo(['never']);
    expect(await run(['apply', at('inventory.yaml'), playbook], typed)).toMatchObject({ status: 1 });
    expect(typed.left).toEqual(['never']);
  });
});

describe('lookups on this machine', () => {
  const apply = async (
    mode: string,
    content: string,
    world = fakeIo({ ...process.env, SOME_TOKEN: 'a token' }),
  ) => {
    inventory();
    const playbook = put(
      'site/playbook.yaml',
      `- hosts: all\n  tasks:\n    - copy: { dest: ${at('out')}, content: '${content}' }\n    - copy: { dest: ${at('out')}, content: '${content}' }\n`,
    );
    return await run(
      [
        mode,
        at('inventory.yaml'),
        playbook,
        '--diff',
        '--vault-password-file',
        put('password', 'first password'),
      ].filter((arg) => mode !== 'validate' || arg !== '--diff'),
      world,
    );
  };

  test('env and pipe; a command runs once, in the folder of the playbook, and not to validate', async () => {
    const content =
      '{{ lookup("env", "SOME_TOKEN") }} {{ lookup("pipe", "echo x >>count; echo $SOME_TOKEN; pwd") }}';
    expect(await apply('validate', content)).toMatchObject({ status: 0, stderr: '' });
    expect(await apply('apply', content)).toMatchObject({ status: 0 });
    expect(readFileSync(at('out'), 'utf8')).toBe(`a token a token\n${at('site')}`);
    expect(readFileSync(at('site/count'), 'utf8')).toBe('x\n');
  });

  test('a command that fails is an error with its place before any host is contacted', async () => {
    const { status, stderr } = await apply('apply', '{{ lookup("pipe", "echo why >&2; exit 4") }}');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /playbook\.yaml:3:\d+: error: lookup\('pipe'\): "echo why >&2; exit 4" ended with status 4: why/,
    );
  });

  test('a password is made once, kept for its owner only, and hidden', async () => {
    const content = '{{ lookup("password", "secrets/db length=12 chars=digits,abc") }}';
    const checked = await apply('check', content);
    expect(checked.status, checked.stderr).toBe(8);
    expect(statSync(at('site/secrets'), { throwIfNoEntry: false })).toBeUndefined();
    const applied = await apply('apply', content);
    expect(applied.status, applied.stderr).toBe(0);
    const kept = readFileSync(at('site/secrets/db'), 'utf8').trim();
    expect(kept).toMatch(/^[0-9abc]{12}$/);
    expect(statSync(at('site/secrets/db')).mode & 0o777).toBe(0o600);
    expect(statSync(at('site/secrets')).mode & 0o777).toBe(0o700);
    expect(readFileSync(at('out'), 'utf8')).toBe(kept);
    expect(applied.stdout).toContain('********');
    expect(applied.stdout).not.toContain(kept);
    expect(await apply('check', content)).toMatchObject({ status: 0 });
  });

  test('a password that is kept encrypted, or with the salt of its hash', async () => {
    put('site/secrets/db', vault('kept-password salt=abcd\n'));
    expect(await apply('apply', '{{ lookup("password", "secrets/db") }}')).toMatchObject({ status: 0 });
    expect(readFileSync(at('out'), 'utf8')).toBe('kept-password');
  });

  test('file and unvault open what is encrypted, and hide it', async () => {
    put('site/files/key', vault('the-key-itself\n'));
    const { stdout, status } = await apply(
      'apply',
      '{{ lookup("file", "key") }}={{ lookup("unvault", "key") }}',
    );
    expect(status).toBe(0);
    expect(readFileSync(at('out'), 'utf8')).toBe('the-key-itself=the-key-itself\n');
    expect(stdout).not.toContain('the-key-itself');
  });
});
