import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sshFingerprint } from '../../src/util/ssh-key.ts';

describe('the fingerprint of a public key', () => {
  test.each([
    ['rsa', '2048'],
    ['ed25519', '256'],
    ['ecdsa', '384'],
  ])('is what ssh-keygen prints: %s', (type, bits) => {
    const folder = mkdtempSync(join(tmpdir(), 'syn-key-'));
    const path = join(folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-C', 'a comment', '-f', path]);
    const printed = execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' });
    const line = readFileSync(`${path}.pub`, 'utf8');
    rmSync(folder, { recursive: true });
    expect(sshFingerprint(line)).toBe(printed.trim());
  });

  test('of what is no key is empty', () => {
    expect(['', 'ssh-rsa', 'ssh-rsa AAAA', 'nothing here'].map(sshFingerprint)).toEqual(['', '', '', '']);
  });
});
