import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgeFailure, askAge, isAge, isArmoredAge, recipientKinds } from '../../src/workspace/age.ts';
import { openedByIdentity, seal } from '../../src/workspace/seal.ts';

/** Made by rage, another implementation of age (the Python package pyrage 1.3). */
const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'age', name));
const [comment = '', knownIdentity = ''] = fixture('identity.txt').toString().split('\n');
const knownRecipient = comment.replace('# public key: ', '');

const bytes = new TextEncoder().encode('a secret of ours\n');
const text = (file: Uint8Array): string => new TextDecoder().decode(file);

describe.each([true, false])('armored: %j', (isArmored) => {
  test('for several recipients, each of whom can open it', () => {
    const [one, two, three] = [1, 2, 3].map(() => askAge('generate', undefined));
    const file = seal(
      bytes,
      { kind: 'recipients', recipients: [one?.recipient ?? '', two?.recipient ?? ''] },
      isArmored,
    );
    expect(isAge(file)).toBe(true);
    expect(isArmoredAge(file)).toBe(isArmored);
    expect(recipientKinds(file)).toEqual(['X25519', 'X25519']);
    for (const { identity } of [one, two].filter((key) => key !== undefined)) {
      expect(text(askAge('decrypt', { file, identities: [identity], passphrases: [] }))).toBe(text(bytes));
      expect(openedByIdentity(file, [three?.identity ?? '', identity])?.identity).toBe(identity);
    }
    expect(() => askAge('decrypt', { file, identities: [three?.identity ?? ''], passphrases: [] })).toThrow(
      AgeFailure,
    );
  });
});

test('a recipient is known from an identity', () => {
  expect(askAge('recipientOf', { identity: knownIdentity })).toBe(knownRecipient);
});

test.each(['x25519.age', 'x25519.armored.age', 'passphrase.age'])('%s of another program is read', (name) => {
  const file = fixture(name);
  const isPassphrase = recipientKinds(file).includes('scrypt');
  const keys = isPassphrase
    ? { identities: [], passphrases: ['four or five words'] }
    : { identities: [knownIdentity], passphrases: [] };
  expect(text(askAge('decrypt', { file, ...keys }))).toBe('made by another program\n');
});

test('with a passphrase', () => {
  const file = seal(bytes, { kind: 'passphrase', passphrase: 'four or five words' }, true);
  expect(recipientKinds(file)).toEqual(['scrypt']);
  expect(text(askAge('decrypt', { file, identities: [], passphrases: ['four or five words'] }))).toBe(
    text(bytes),
  );
});

test('a file that was cut or changed is refused', () => {
  const { identity, recipient } = askAge('generate', undefined);
  const file = seal(bytes, { kind: 'recipients', recipients: [recipient] }, false);
  const changed = file.map((byte, index) => (index === file.length - 1 ? byte ^ 1 : byte));
  for (const wrong of [changed, file.subarray(0, -3), file.subarray(0, 60)])
    expect(() => askAge('decrypt', { file: wrong, identities: [identity], passphrases: [] })).toThrow(
      AgeFailure,
    );
});

test('other files are not taken for it', () => {
  for (const other of ['', 'age', '$ANSIBLE_VAULT;1.1;AES256', '-----BEGIN CERTIFICATE-----'])
    expect(isAge(new TextEncoder().encode(other))).toBe(false);
});
