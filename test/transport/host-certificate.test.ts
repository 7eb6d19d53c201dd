import ssh2, { type ParsedKey } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { certificateProblem, parseHostCertificate } from '../../src/transport/host-certificate.ts';
import { makeKeys } from '../hosts/keys.ts';
import { chance } from '../support/chance.ts';
import { issue, type Wishes } from './host-certificates/issue.ts';
import { goodOnes, issued } from './host-certificates/issued.ts';

const name = 'web1.example.org';
const now = Date.UTC(2026, 0, 15);
const problemOf = (bytes: Buffer, host = name, at = now): string | undefined => {
  const certificate = parseHostCertificate(bytes);
  return certificate === undefined ? 'malformed' : certificateProblem(certificate, host, at);
};

const keyOf = (pair: { private: string }): ParsedKey => ssh2.utils.parseKey(pair.private) as ParsedKey;
const authority = keyOf(makeKeys('ed25519'));
const hostKey = keyOf(makeKeys('ed25519'));
const own = (wishes: Wishes): Buffer => issue(authority, hostKey, wishes);

describe('a certificate that ssh-keygen made', () => {
  it.each(goodOnes)('is read, and holds for its hosts: %s by %s', (certificate, ca) => {
    expect(parseHostCertificate(issued(certificate))).toMatchObject({
      serial: 7n,
      use: 2,
      id: `id of ${certificate}`,
      principals: [name, '*.inner.example.org'],
      validAfter: 0n,
      validBefore: 2n ** 64n - 1n,
      criticalOptions: [],
      authority: issued(ca),
    });
    expect(problemOf(issued(certificate))).toBeUndefined();
    expect(problemOf(issued(certificate), 'db.inner.example.org')).toBeUndefined();
  });

  it.each([
    ['user', 'it is not one of a host (ssh-keygen -h)'],
    ['nobody', 'it names no host (ssh-keygen -n)'],
    ['critical', 'its critical option must is not understood'],
    ['by-ssh-rsa', 'its signature is not one of the authority (with SHA-2 where that has an RSA key)'],
  ])('does not count: %s', (certificate, problem) => {
    expect(problemOf(issued(certificate))).toBe(problem);
  });

  it('holds from its first second up to its last', () => {
    const dated = issued('dated');
    const [first, end] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 1, 1)];
    expect(problemOf(dated, name, first - 1)).toBe('it is valid only from 2026-01-01T00:00:00Z on');
    expect(problemOf(dated, name, first)).toBeUndefined();
    expect(problemOf(dated, name, end - 1)).toBeUndefined();
    expect(problemOf(dated, name, end)).toBe('it was valid until 2026-02-01T00:00:00Z');
  });

  it.each([
    ['web2.example.org', 'web1.example.org, *.inner.example.org'],
    ['inner.example.org', 'web1.example.org, *.inner.example.org'],
    ['web1.example.org.', 'web1.example.org, *.inner.example.org'],
    ['', 'web1.example.org, *.inner.example.org'],
  ])('is not one for the host "%s"', (host, names) => {
    expect(problemOf(issued('of-ed25519'), host)).toBe(`it is one for ${names}, not for ${host}`);
  });
});

describe('names in a certificate', () => {
  it.each([
    [['web?.example.org'], true],
    [['*'], true],
    [['web1*org'], true],
    [['other', 'web1.example.org'], true],
    // OpenSSH has the host's name in small letters, and compares byte by byte.
    [['WEB1.example.org'], false],
    // A list belongs into fields, and what negates in known_hosts does not here.
    [['other,web1.example.org'], false],
    [['!other'], false],
    [['web1.example.or[g]'], false],
    [['web1'], false],
    [[''], false],
  ])('%j: %s', (principals, holds) => {
    expect(problemOf(own({ principals })) === undefined).toBe(holds);
  });
});

describe('a certificate of another maker', () => {
  it('is told to be what it is', () => {
    expect(problemOf(own({}))).toBeUndefined();
    expect(problemOf(own({ use: 1 }))).toBe('it is not one of a host (ssh-keygen -h)');
    expect(problemOf(own({ use: 3 }))).toBe('it is not one of a host (ssh-keygen -h)');
    expect(problemOf(own({ validAfter: 2n ** 64n - 1n }))).toBe('it is valid only from the end of time on');
    expect(problemOf(own({ validBefore: 0n }))).toBe('it was valid until 1970-01-01T00:00:00Z');
    expect(problemOf(own({ principals: [] }))).toBe('it names no host (ssh-keygen -n)');
    expect(problemOf(own({ criticalOptions: ['a', 'b'] }))).toBe('its critical option a is not understood');
    expect(problemOf(own({ principals: ['a', 'b', 'c', 'd'] }))).toBe(
      `it is one for a, b, c, …, not for ${name}`,
    );
    expect(problemOf(own({ principals: Array.from({ length: 257 }, () => name) }))).toBe('malformed');
  });

  it('has to be signed with all of it, and by the authority that it names', () => {
    const good = own({});
    const other = issue(keyOf(makeKeys('ed25519')), hostKey);
    // The body of the one with the signature of the other: 4 and 83 bytes.
    const mixed = Buffer.concat([good.subarray(0, -87), other.subarray(-87)]);
    expect(problemOf(mixed)).toMatch(/^its signature is not/);
    expect(problemOf(Buffer.concat([good, Buffer.alloc(1)]))).toBe('malformed');
    expect(problemOf(good.subarray(0, -1))).toBe('malformed');
  });

  it.each(['', 'ssh-ed25519', 'nonsense', '\0\0\0\x04none'])('is none: %j', (text) => {
    expect(parseHostCertificate(Buffer.from(text))).toBeUndefined();
  });
});

describe('a certificate that was tampered with', () => {
  it('never counts and never crashes, whichever bit is another', () => {
    const next = chance(1);
    for (const [certificate] of goodOnes) {
      const bytes = issued(certificate);
      for (let at = 0; at < bytes.length; at += 1 + next(3)) {
        const spoilt = Buffer.from(bytes);
        spoilt.writeUInt8((spoilt[at] ?? 0) ^ (1 << next(8)), at);
        expect(problemOf(spoilt), `${certificate} at ${at}`).toBeDefined();
      }
    }
  });

  it('never counts and never crashes, whatever was cut, doubled or written over', () => {
    const next = chance(2);
    for (let round = 0; round < 1500; round += 1) {
      const [certificate = ''] = goodOnes[next(goodOnes.length)] ?? [];
      const bytes = issued(certificate);
      const [from, length, to] = [next(bytes.length), next(64), next(bytes.length)];
      const piece = bytes.subarray(from, from + length);
      const kinds = [
        [bytes.subarray(0, from), bytes.subarray(from + length)],
        [bytes.subarray(0, to), piece, bytes.subarray(to)],
        [bytes.subarray(0, to), piece, bytes.subarray(to + piece.length)],
        [bytes.subarray(0, to), Buffer.from([0, 0, 0, next(256)]), bytes.subarray(to + 4)],
        [bytes.subarray(0, to), Buffer.alloc(4, 255), bytes.subarray(to + 4)],
      ];
      const spoilt = Buffer.concat(kinds[next(kinds.length)] ?? []);
      if (!spoilt.equals(bytes)) expect(problemOf(spoilt), `round ${round}`).toBeDefined();
    }
  });
});
