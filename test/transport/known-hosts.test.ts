import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  judgeHostKey,
  knownHostName,
  knownKeyTypes,
  namesHost,
  parseKnownHosts,
  renderKnownHost,
} from '../../src/transport/known-hosts.ts';
import { keyFingerprint, keyTypeLabel } from '../../src/util/ssh-key.ts';

/** A key of the wire format's shape; what it says besides its type does not matter here. */
const key = (type: string, content: string): Buffer => {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([field(Buffer.from(type)), field(Buffer.from(content))]);
};

const ed = key('ssh-ed25519', 'one');
const otherEd = key('ssh-ed25519', 'two');
const ecdsa = key('ecdsa-sha2-nistp256', 'three');
const line = (names: string, of: Buffer, marker = ''): string =>
  `${marker}${names} ${of.toString('latin1', 4, 4 + of.readUInt32BE(0))} ${of.toString('base64')}`;
const hashed = (name: string): string => {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const entries = (...lines: string[]) => parseKnownHosts(lines.join('\n'), 'known_hosts').entries;
const kindOf = (lines: string[], address: string, port: number, shown: Buffer): string =>
  judgeHostKey(entries(...lines), address, port, shown).kind;

describe('reading a known_hosts file', () => {
  it('takes names, type and key of each line, with its number', () => {
    const text = `# a comment\n\n  \t# another\n${line('one.example,192.0.2.1', ed)} a comment of the key\r\n`;
    expect(parseKnownHosts(text, 'f')).toEqual({
      entries: [
        {
          file: 'f',
          line: 4,
          marker: undefined,
          names: 'one.example,192.0.2.1',
          type: 'ssh-ed25519',
          key: ed,
        },
      ],
      unreadableLines: [],
    });
  });

  it('takes tabs and many blanks between fields', () => {
    expect(entries(line('a', ed).replaceAll(' ', ' \t '))).toHaveLength(1);
  });

  it('takes the two markers', () => {
    const found = entries(line('a', ed, '@revoked '), line('b', ed, '@cert-authority '));
    expect(found.map(({ marker }) => marker)).toEqual(['revoked', 'cert-authority']);
  });

  it.each([
    ['a line with two fields', 'host ssh-ed25519'],
    ['a key that is not base64', 'host ssh-ed25519 AAAA*'],
    ['a key of another type than the line says', line('host', ed).replace('ssh-ed25519', 'ssh-rsa')],
    ['a cut key', 'host ssh-ed25519 AAAAC3Nz'],
    ['a marker it does not know', line('host', ed, '@trusted ')],
    ['the form of SSH 1', 'host 1024 35 123456'],
  ])('tells the number of %s', (_, text) => {
    expect(parseKnownHosts(`${line('other', ed)}\n${text}\n`, 'f')).toMatchObject({
      entries: [{ line: 1 }],
      unreadableLines: [2],
    });
  });
});

describe('names of hosts', () => {
  it('puts brackets around the name only where the port is not 22', () => {
    expect(knownHostName('Example.ORG', 22)).toBe('example.org');
    expect(knownHostName('2001:db8::1', 2222)).toBe('[2001:db8::1]:2222');
  });

  it.each([
    ['example.org', 'example.org', true],
    ['EXAMPLE.org', 'example.org', true],
    ['example.org', 'example.orgs', false],
    ['a,b,c', 'b', true],
    ['*.example.org', 'a.b.example.org', true],
    ['*.example.org', 'example.org', false],
    ['192.0.2.?', '192.0.2.7', true],
    ['192.0.2.?', '192.0.2.77', false],
    ['*', '[a]:2222', true],
    ['[192.0.2.*]:2222', '[192.0.2.9]:2222', true],
    ['[192.0.2.*]:2222', '192.0.2.9', false],
    ['*.example.org,!bad.example.org', 'good.example.org', true],
    ['*.example.org,!bad.example.org', 'bad.example.org', false],
    ['!bad.example.org,*.example.org', 'bad.example.org', false],
    ['!other', 'host', false],
    ['a.b', 'aXb', false],
    ['*a*a*a*b', 'a'.repeat(200), false],
  ])('%s, for %s: %s', (names, name, expected) => {
    expect(namesHost(names, name)).toBe(expected);
  });

  it('finds a hashed name by its hash alone', () => {
    expect(namesHost(hashed('192.0.2.1'), '192.0.2.1')).toBe(true);
    expect(namesHost(hashed('[192.0.2.1]:2222'), '[192.0.2.1]:2222')).toBe(true);
    expect(namesHost(hashed('192.0.2.1'), '192.0.2.2')).toBe(false);
    expect(namesHost('|2|AAAA|AAAA', '192.0.2.1')).toBe(false);
    expect(namesHost('|1|', '192.0.2.1')).toBe(false);
  });

  it('finds what ssh-keygen -H wrote', () => {
    const plain = '|1|jMQkvIflAsLGMO+zEvIC6jL+wnw=|Z2zmvp3yy/ldtOPM6/zOYlh18nU=';
    const withPort = '|1|Y2U4EFkx0+n9AXTchiQpufJefGg=|/eRJNC0ZIURgYGAAkWL+bJ7Kmgs=';
    expect(namesHost(plain, knownHostName('example.org', 22))).toBe(true);
    expect(namesHost(withPort, knownHostName('192.0.2.1', 2222))).toBe(true);
  });
});

describe('judging a host key', () => {
  it('knows a host by any of its keys', () => {
    expect(kindOf([line('h', ecdsa), line('h', ed)], 'h', 22, ed)).toBe('known');
  });

  it('names the line that is not the same', () => {
    expect(judgeHostKey(entries('', line('h', ed)), 'h', 22, otherEd)).toMatchObject({
      kind: 'changed',
      entries: [{ file: 'known_hosts', line: 2 }],
    });
  });

  it('takes a key of a type that is not known for a changed one', () => {
    expect(kindOf([line('h', ecdsa)], 'h', 22, ed)).toBe('changed');
  });

  it('does not know a host that no line names', () => {
    expect(judgeHostKey(entries(line('other', ed)), 'h', 22, ed)).toEqual({ kind: 'unknown' });
  });

  it('does not take the key of an authority for one of a host', () => {
    expect(kindOf([line('*', ed, '@cert-authority ')], 'h', 22, ed)).toBe('unknown');
  });

  it('refuses a revoked key though another line knows it', () => {
    expect(kindOf([line('h', ed), line('*', ed, '@revoked ')], 'h', 22, ed)).toBe('revoked');
    expect(kindOf([line('h', ed), line('*', otherEd, '@revoked ')], 'h', 22, ed)).toBe('known');
  });

  it('accepts on another port what is known of the plain name, but calls nothing changed by it', () => {
    expect(kindOf([line('h', ed)], 'h', 2222, ed)).toBe('known');
    expect(kindOf([line('h', ed)], 'h', 2222, otherEd)).toBe('unknown');
    expect(kindOf([line('h', ed), line('[h]:2222', ecdsa)], 'h', 2222, ed)).toBe('changed');
    expect(kindOf([line('h', ed, '@revoked ')], 'h', 2222, ed)).toBe('revoked');
  });

  it('tells the types that are known of a host', () => {
    const known = entries(line('h', ecdsa), line('h', ed, '@revoked '), line('[h]:2222', ed));
    expect(knownKeyTypes(known, 'h', 22)).toEqual(['ecdsa-sha2-nistp256']);
    expect(knownKeyTypes(known, 'h', 2222)).toEqual(['ssh-ed25519']);
    expect(knownKeyTypes(known, 'h', 2200)).toEqual(['ecdsa-sha2-nistp256']);
    expect(knownKeyTypes(known, 'other', 22)).toEqual([]);
  });
});

describe('showing keys', () => {
  it('prints the fingerprint that ssh-keygen -l prints', () => {
    const text = 'AAAAC3NzaC1lZDI1NTE5AAAAIPF6Bc16cYTGkmv6LlVDvBC2L3QW7kMslni1KcUdfr63';
    expect(keyFingerprint(Buffer.from(text, 'base64'))).toBe(
      'SHA256:lbswtV5Gz1KPOAb2/uKdjDVvo6bVSOkj/7ENh+0e8yM',
    );
  });

  it('writes a line that it reads again', () => {
    const written = renderKnownHost('2001:DB8::1', 2222, ed);
    expect(written).toBe(`[2001:db8::1]:2222 ssh-ed25519 ${ed.toString('base64')}`);
    expect(judgeHostKey(entries(written), '2001:db8::1', 2222, ed).kind).toBe('known');
  });

  it("names types in people's words", () => {
    expect(['ssh-ed25519', 'ecdsa-sha2-nistp521', 'ssh-rsa', 'x'].map(keyTypeLabel)).toEqual([
      'ED25519',
      'ECDSA',
      'RSA',
      'x',
    ]);
  });
});
