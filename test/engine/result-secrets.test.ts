import { expect, test } from 'vitest';
import { secretsInResult } from '../../src/engine/result-secrets.ts';
import type { Registered } from '../../src/engine/results.ts';
import { unknown } from '../../src/model/unknown.ts';

test('what was printed, and its longer lines', () => {
  expect(secretsInResult({ stdout: 'hunter22', stdout_lines: ['hunter22'], rc: 0 })).toEqual(['hunter22']);
  expect(secretsInResult({ stdout: 'pin1\n', changed: true })).toEqual(['pin1']);
  expect(secretsInResult({ stdout: 'user\npassword=hunter22\n', stderr: '' })).toEqual(['password=hunter22']);
});

test('what a file held, as it came and as it reads', () => {
  const content = btoa('key: hunter22\n');
  expect(secretsInResult({ content, encoding: 'base64' })).toEqual([content, 'key: hunter22']);
  const bytes = btoa('\u0000\u0001');
  expect(secretsInResult({ content: bytes, encoding: 'base64' })).toEqual([bytes]);
});

test('what variables were set to, in all their parts', () => {
  const result = { ansible_facts: { token: 'hunter22', more: [{ deep: 'hunter23' }, 5, null] } };
  expect(new Set(secretsInResult(result))).toEqual(new Set(['hunter22', 'hunter23']));
});

test('no words that any report is full of, and no paths', () => {
  for (const stdout of ['true', 'False', 'inactive', '/etc/matrix-synapse/homeserver.yaml', '/var', ''])
    expect(secretsInResult({ stdout })).toEqual([]);
  expect(secretsInResult({ stdout: '/9j4AAQSkZJRg' })).toContain('/9j4AAQSkZJRg');
});

test('nothing of what is not known yet', () => {
  const later = unknown('"Make a key" (play.yaml:5:7)');
  expect(secretsInResult({ stdout: later, ansible_facts: { key: later } })).toEqual([]);
  expect(secretsInResult(later as unknown as Registered)).toEqual([]);
});

test('a very long line piece by piece', () => {
  const line = Array.from({ length: 500 }, (_, index) => `part${index}`).join('-');
  const pieces = secretsInResult({ stdout: line });
  expect(pieces.join('')).toBe(line);
  expect(Math.max(...pieces.map(({ length }) => length))).toBe(1000);
});
