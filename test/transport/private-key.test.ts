import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../src/model/transport.ts';
import { examineLogins } from '../../src/transport/examine-logins.ts';
import { KeyProblem, readKeyFile, unlockKey } from '../../src/transport/private-key.ts';
import { makeKeys } from '../hosts/keys.ts';
import { scratch } from './scratch.ts';

const plain = makeKeys('ed25519');
const locked = makeKeys('ed25519', {
  passphrase: 'open',
  cipher: 'aes256-ctr',
  rounds: 4,
});
const lockedPem = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'open' },
}).privateKey;
const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const problemOf = async (work: Promise<unknown>): Promise<readonly [string, string, string | undefined]> => {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (!(error instanceof KeyProblem)) throw new Error('no key problem', { cause: error });
  return [error.reason, error.message, error.hint];
};

describe('a private key file', () => {
  it('is unlocked without a passphrase where it has none', async () => {
    using at = scratch();
    writeFileSync(at.path('key'), plain.private);
    const key = await unlockKey(await readKeyFile(at.path('key')), undefined);
    expect(key.getPublicSSH().toString('base64')).toBe(plain.public.split(' ')[1]);
  });

  it('is unlocked though a passphrase is given that it does not need', async () => {
    using at = scratch();
    writeFileSync(at.path('key'), plain.private);
    expect((await unlockKey(await readKeyFile(at.path('key')), 'other')).isPrivateKey()).toBe(true);
  });

  it('shows its public half while it is locked', async () => {
    using at = scratch();
    writeFileSync(at.path('key'), locked.private);
    const file = await readKeyFile(at.path('key'));
    expect(file.isEncrypted).toBe(true);
    expect(file.publicKey?.toString('base64')).toBe(locked.public.split(' ')[1]);
    expect((await unlockKey(file, 'open')).isPrivateKey()).toBe(true);
  });

  it.each([
    ["OpenSSH's form", locked.private],
    ['PEM', lockedPem],
  ])('says whether the passphrase is missing or wrong (%s)', async (_, text) => {
    using at = scratch();
    writeFileSync(at.path('key'), text);
    const file = await readKeyFile(at.path('key'));
    expect(await problemOf(unlockKey(file, undefined))).toEqual([
      'no-passphrase',
      `the private key ${at.path('key')} is encrypted, and no passphrase is given`,
      expect.stringContaining('ssh-add'),
    ]);
    expect((await problemOf(unlockKey(file, 'wrong'))).slice(0, 2)).toEqual([
      'wrong-passphrase',
      `the passphrase of the private key ${at.path('key')} is wrong`,
    ]);
    expect((await unlockKey(file, 'open')).isPrivateKey()).toBe(true);
  });

  it('is named when it is missing, a folder, or something else', async () => {
    using at = scratch();
    mkdirSync(at.path('folder'));
    writeFileSync(at.path('text'), 'hello\n');
    expect((await problemOf(readKeyFile(at.path('none')))).slice(0, 2)).toEqual([
      'missing',
      `there is no private key file ${at.path('none')}`,
    ]);
    expect((await problemOf(readKeyFile(at.path('folder')))).slice(0, 2)).toEqual([
      'unreadable',
      `the private key file ${at.path('folder')} cannot be read: it is a directory`,
    ]);
    expect((await problemOf(readKeyFile(at.path('text')))).slice(0, 2)).toEqual([
      'not-a-key',
      `${at.path('text')} is not a private key`,
    ]);
  });

  it('is not its public half, which is often mistaken for it', async () => {
    using at = scratch();
    writeFileSync(at.path('key.pub'), plain.public);
    expect((await problemOf(readKeyFile(at.path('key.pub'))))[2]).toBe(
      `this is the public half; the private key is probably ${at.path('key')}`,
    );
  });

  it('says how to rewrite a form that cannot be read, and a broken file', async () => {
    using at = scratch();
    writeFileSync(at.path('pkcs8'), pkcs8);
    writeFileSync(at.path('cut'), plain.private.replace(/\n[^-]{60}/, '\n'));
    for (const name of ['pkcs8', 'cut']) {
      const [reason, , hint] = await problemOf(
        readKeyFile(at.path(name)).then((file) => unlockKey(file, undefined)),
      );
      expect([reason, hint]).toEqual(['not-a-key', expect.stringContaining('ssh-keygen -p -f')]);
    }
  });
});

describe('examining logins before a host is contacted', () => {
  const host = (settings: Partial<ConnectionSettings>): ConnectionSettings => ({
    kind: 'ssh',
    host: 'h',
    address: 'h',
    port: 22,
    user: 'admin',
    acceptNewHostKeys: false,
    connectTimeoutMs: 1,
    ...settings,
  });
  const nobody = { agentSocket: undefined, askPassphrase: undefined };

  it('reports each bad file once, however many hosts name it', async () => {
    using at = scratch();
    mkdirSync(at.path('folder'));
    const hosts = [
      host({ privateKeyFile: at.path('none'), knownHostsFiles: [at.path('folder/none')] }),
      host({ privateKeyFile: at.path('none') }),
      host({ privateKeyFile: at.path('folder') }),
      host({ kind: 'local', privateKeyFile: at.path('unused') }),
    ];
    const found = await examineLogins(hosts, nobody);
    expect(found.map(({ code }) => code)).toEqual(['key-missing', 'key-unreadable']);
  });

  it('names the hosts and the place of a key that is missing', async () => {
    using at = scratch();
    const span = { file: 'inventory.yaml', offset: 9, length: 4, line: 3, column: 5 };
    const key = { privateKeyFile: at.path('none'), privateKeySpan: span };
    const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => host({ host: name, ...key }));
    const [found] = await examineLogins(hosts, nobody);
    expect(found?.message).toMatch(/^there is no private key file .* \(on a, b, c, d, e, and 2 more\)$/);
    expect(found?.span).toEqual(span);
  });

  it('leaves a locked key to the agent or to a question where there is one', async () => {
    using at = scratch();
    writeFileSync(at.path('key'), locked.private);
    const hosts = [host({ privateKeyFile: at.path('key') })];
    expect((await examineLogins(hosts, nobody)).map(({ code }) => code)).toEqual(['key-no-passphrase']);
    expect(await examineLogins(hosts, { ...nobody, agentSocket: '/run/agent' })).toEqual([]);
    expect(await examineLogins(hosts, { ...nobody, askPassphrase: async () => 'open' })).toEqual([]);
  });

  it('tries a passphrase that is given', async () => {
    using at = scratch();
    writeFileSync(at.path('key'), locked.private);
    const codes = async (passphrase: string) =>
      (await examineLogins([host({ privateKeyFile: at.path('key'), passphrase })], nobody)).map(
        ({ code }) => code,
      );
    expect(await codes('open')).toEqual([]);
    expect(await codes('wrong')).toEqual(['key-wrong-passphrase']);
  });
});
