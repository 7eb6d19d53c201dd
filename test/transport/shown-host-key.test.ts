import { createHmac } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { parseKnownHosts } from '../../src/transport/known-hosts.ts';
import { judgeShownKey, readShownKey, type ShownKeyVerdict } from '../../src/transport/shown-host-key.ts';
import { keyTypeOf } from '../../src/util/ssh-key.ts';
import { makeKeys } from '../hosts/keys.ts';
import { issue, type Wishes } from './host-certificates/issue.ts';
import { goodOnes, issued } from './host-certificates/issued.ts';

const newKey = (): ParsedKey => ssh2.utils.parseKey(makeKeys('ed25519').private) as ParsedKey;
const [ca, otherCa, key, otherKey] = [newKey(), newKey(), newKey(), newKey()];

const line = (names: string, of: ParsedKey | Buffer, marker = ''): string => {
  const bytes = Buffer.isBuffer(of) ? of : of.getPublicSSH();
  return `${marker}${names} ${keyTypeOf(bytes)} ${bytes.toString('base64')}`;
};
const authority = (names: string, of: ParsedKey | Buffer = ca): string => line(names, of, '@cert-authority ');
const revoked = (names: string, of: ParsedKey): string => line(names, of, '@revoked ');
const hashed = (name: string): string => {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

const judge = (
  lines: readonly string[],
  shown: Buffer,
  address = 'h.example.org',
  port = 22,
): ShownKeyVerdict => {
  const read = readShownKey(shown);
  if (read === undefined) throw new Error('malformed');
  return judgeShownKey(parseKnownHosts(lines.join('\n'), 'known_hosts').entries, address, port, read);
};
const certificate = (wishes: Wishes = {}): Buffer =>
  issue(ca, key, { principals: ['h.example.org'], ...wishes });

describe('a host that shows a certificate', () => {
  it.each(goodOnes)('is known by the line of its authority alone: %s by %s', (name, by) => {
    const verdict = judge([authority('*.example.org', issued(by))], issued(name), 'web1.example.org');
    expect(verdict).toMatchObject({ kind: 'certified', entry: { line: 1 } });
  });

  // The whole of it: what is known of a host, and what a good certificate of it says then.
  it.each<[title: string, lines: readonly string[], kind: string, address?: string, port?: number]>([
    ['its name', [authority('h.example.org')], 'certified'],
    ['its name in other letters', [authority('H.Example.ORG')], 'certified', 'h.EXAMPLE.org'],
    ['a pattern', [authority('*.example.org,!x.example.org')], 'certified'],
    ['a pattern that leaves it out', [authority('*.example.org,!h.example.org')], 'unknown'],
    ['another name', [authority('g.example.org')], 'unknown'],
    ['its hashed name', [authority(hashed('h.example.org'))], 'certified'],
    ['another hashed name', [authority(hashed('g.example.org'))], 'unknown'],
    ['its name and port', [authority('[h.example.org]:2222')], 'certified', 'h.example.org', 2222],
    ['its name and another port', [authority('[h.example.org]:22')], 'unknown', 'h.example.org', 2222],
    ['its name without the port', [authority('*.example.org')], 'certified', 'h.example.org', 2222],
    [
      'its hashed name and port',
      [authority(hashed('[h.example.org]:2222'))],
      'certified',
      'h.example.org',
      2222,
    ],
    ['the port, asked for another', [authority('[h.example.org]:2222')], 'unknown'],
    ['an address, the certificate names none', [authority('192.0.2.1')], 'unknown', '192.0.2.1'],
    ['no line at all', [], 'unknown'],
    ['another authority', [authority('*', otherCa)], 'unknown'],
    ['several authorities', [authority('*', otherCa), authority('*')], 'certified'],
    ['the authority as the key of the host', [line('h.example.org', ca)], 'changed'],
    ['its own key as an authority', [authority('*', key)], 'unknown'],
    ['its own key', [line('h.example.org', key)], 'known'],
    ['its own key, and another authority', [line('h.example.org', key), authority('*', otherCa)], 'known'],
    ['another key', [line('h.example.org', otherKey)], 'changed'],
    ['another key, and the authority', [line('h.example.org', otherKey), authority('*')], 'certified'],
    ['its key revoked', [authority('*'), revoked('*', key)], 'revoked'],
    ['its key known, and revoked', [line('h.example.org', key), revoked('*', key)], 'revoked'],
    ['another key revoked', [authority('*'), revoked('*', otherKey)], 'certified'],
    ['its key revoked for another host', [authority('*'), revoked('g.example.org', key)], 'certified'],
    [
      'its key revoked for its plain name',
      [authority('*'), revoked('h.example.org', key)],
      'revoked',
      'h.example.org',
      2222,
    ],
    ['the authority revoked', [authority('*'), revoked('*', ca)], 'authority-revoked'],
    [
      'the authority revoked, its key known',
      [line('h.example.org', key), revoked('*', ca)],
      'authority-revoked',
    ],
    ['the authority revoked for another host', [authority('*'), revoked('g.example.org', ca)], 'certified'],
  ])('by %s', (_, lines, kind, address, port) => {
    expect(judge(lines, certificate(), address, port).kind).toBe(kind);
  });

  it('needs a certificate for its own name: that of the alias, where it has one', () => {
    const lines = [authority('gate')];
    expect(judge(lines, certificate({ principals: ['gate'] }), 'gate').kind).toBe('certified');
    expect(judge(lines, certificate(), 'gate')).toEqual({
      kind: 'unknown',
      problem: 'it is one for h.example.org, not for gate',
    });
  });

  it.each<[title: string, wishes: Wishes, problem: RegExp]>([
    ['of a user', { use: 1 }, /not one of a host/],
    ['without names', { principals: [] }, /names no host/],
    ['a name with a port', { principals: ['[h.example.org]:22'] }, /not for h\.example\.org/],
    ['expired', { validBefore: 1n }, /was valid until 1970-01-01T00:00:01Z/],
    ['not yet valid', { validAfter: 2n ** 40n }, /valid only from the end of time on/],
    ['a critical option', { criticalOptions: ['x'] }, /critical option x/],
  ])('is judged by its key where the certificate does not count: %s', (_, wishes, problem) => {
    const shown = certificate(wishes);
    expect(judge([authority('*')], shown)).toEqual({
      kind: 'unknown',
      problem: expect.stringMatching(problem),
    });
    expect(judge([authority('*'), line('*', key)], shown)).toMatchObject({ kind: 'known' });
    expect(judge([authority('*'), line('*', otherKey)], shown)).toMatchObject({ kind: 'changed' });
    expect(judge([authority('*'), revoked('*', key)], shown)).toMatchObject({ kind: 'revoked' });
  });

  it('says which authority it would have', () => {
    expect(judge([authority('*', otherCa)], certificate())).toEqual({
      kind: 'unknown',
      problem: expect.stringMatching(
        /^it is signed by the ED25519 key SHA256:\S+, which is none of the authorities$/,
      ),
    });
  });

  it('is refused where the certificate is malformed', () => {
    const shown = certificate();
    expect(readShownKey(shown.subarray(0, -1))).toBeUndefined();
    expect(readShownKey(Buffer.concat([shown, Buffer.alloc(1)]))).toBeUndefined();
  });
});

describe('a host that shows a key', () => {
  it('is not known by an authority', () => {
    expect(judge([authority('*')], key.getPublicSSH())).toEqual({ kind: 'unknown' });
    expect(judge([authority('*', key)], key.getPublicSSH())).toEqual({ kind: 'unknown' });
    expect(judge([line('h.example.org', key)], key.getPublicSSH()).kind).toBe('known');
  });
});
