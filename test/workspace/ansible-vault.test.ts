import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  BadVault,
  decryptVault,
  encryptVault,
  isVault,
  parseVault,
} from '../../src/workspace/ansible-vault.ts';

/** Written by ansible-vault of ansible-core 2.19. */
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, 'vault', name), 'utf8');
const password = fixture('password.txt').trim();
const other = fixture('other-password.txt');

const opened = (text: string, by: string): string | undefined => {
  const bytes = decryptVault(parseVault(text), by);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
};

test('what ansible-vault has encrypted is read, with its vault id', () => {
  expect(isVault(fixture('plain.vault'))).toBe(true);
  expect(parseVault(fixture('plain.vault')).label).toBeUndefined();
  expect(opened(fixture('plain.vault'), password)).toBe('database_password: hunter-in-a-file\nport: 5432\n');
  expect(parseVault(fixture('labelled.vault')).label).toBe('dev');
  const text = opened(fixture('labelled.vault'), other) ?? '';
  expect(Buffer.from(text, 'latin1').toString()).toBe('labelled text, ünïcode\n');
});

test('an empty text and any bytes', () => {
  expect(opened(fixture('empty.vault'), password)).toBe('');
  const all = Buffer.from(Array.from({ length: 768 }, (_, index) => index % 256)).toString('latin1');
  expect(opened(fixture('bytes.vault'), password)).toBe(all);
});

test('lines may be indented and end as on Windows, as in YAML', () => {
  expect(opened(fixture('labelled.vault').replaceAll('\n', '\r\n   '), other)).toContain('labelled text');
});

test('another password, and a text that was changed, give nothing', () => {
  expect(opened(fixture('plain.vault'), 'another')).toBeUndefined();
  const changed = fixture('plain.vault').replace(/(..)\n$/, (pair) => (pair === '30\n' ? '31\n' : '30\n'));
  expect(opened(changed, password)).toBeUndefined();
});

test('what it writes it can read', () => {
  for (const length of [0, 1, 15, 16, 17, 1000]) {
    const bytes = Buffer.alloc(length, 'x');
    const text = encryptVault(bytes, 'pässword', length % 2 === 0 ? undefined : 'prod');
    expect(opened(text, 'pässword')).toBe('x'.repeat(length));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(
      length % 2 === 0 ? /^\$ANSIBLE_VAULT;1\.1;AES256\n/ : /^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/,
    );
  }
});

describe('what is no vault says why', () => {
  test.each([
    ['$ANSIBLE_VAULT;1.0;AES\n00\n', 'its format is "1.0"; 1.1 and 1.2 are read'],
    ['$ANSIBLE_VAULT;1.1;AES\n00\n', 'its cipher is "AES"; AES256 is read'],
    ['$ANSIBLE_VAULT;1.1;AES256\n0g\n', 'what follows the header is not hexadecimal'],
    ['$ANSIBLE_VAULT;1.1;AES256\n00\n', 'it is not whole'],
    [fixture('plain.vault').split('\n').slice(0, 3).join('\n'), 'it is not whole'],
    ['$ANSIBLE_VAULT;1.1;AES256\n', 'it is not whole'],
  ])('%j', (text, why) => {
    expect(() => parseVault(text)).toThrow(new BadVault(why));
  });
});
