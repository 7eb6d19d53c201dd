import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderKnownHost } from '../../src/transport/known-hosts.ts';
import { addKnownHosts, readKnownHosts } from '../../src/transport/known-hosts-files.ts';
import { makeKeys } from '../hosts/keys.ts';
import { scratch } from './scratch.ts';

const newKey = (): Buffer => Buffer.from(makeKeys('ed25519').public.split(' ')[1] ?? '', 'base64');
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe('adding to known_hosts', () => {
  it('makes the file 0600 and its folder 0700', async () => {
    using at = scratch();
    const file = at.path('.ssh/known_hosts');
    const key = newKey();
    await addKnownHosts(file, [{ address: 'h', port: 22, key }]);
    expect(readFileSync(file, 'utf8')).toBe(`${renderKnownHost('h', 22, key)}\n`);
    expect([modeOf(file), modeOf(at.path('.ssh'))]).toEqual(['600', '700']);
  });

  it('leaves the mode of a file that is there', async () => {
    using at = scratch();
    writeFileSync(at.path('known'), '');
    chmodSync(at.path('known'), 0o644);
    await addKnownHosts(at.path('known'), [{ address: 'h', port: 22, key: newKey() }]);
    expect(modeOf(at.path('known'))).toBe('644');
  });

  it('begins a line of its own after a last line without a newline', async () => {
    using at = scratch();
    writeFileSync(at.path('known'), '# last');
    const key = newKey();
    await addKnownHosts(at.path('known'), [{ address: 'h', port: 2222, key }]);
    expect(readFileSync(at.path('known'), 'utf8')).toBe(`# last\n${renderKnownHost('h', 2222, key)}\n`);
  });

  it('adds no key twice', async () => {
    using at = scratch();
    const key = newKey();
    const host = { address: 'h', port: 22, key };
    await addKnownHosts(at.path('known'), [host, host]);
    await addKnownHosts(at.path('known'), [host]);
    expect(readFileSync(at.path('known'), 'utf8').split('\n')).toHaveLength(2);
  });

  it('keeps every line whole when many are added at once', async () => {
    using at = scratch();
    const hosts = Array.from({ length: 50 }, (_, index) => ({
      address: `h${index}`,
      port: 22,
      key: newKey(),
    }));
    await Promise.all(hosts.map((host) => addKnownHosts(at.path('known'), [host])));
    const { entries, remarks } = await readKnownHosts([at.path('known')]);
    expect(entries).toHaveLength(50);
    expect(remarks).toEqual([]);
  });

  it('fails for the caller whose file cannot be written, and works for the next', async () => {
    using at = scratch();
    mkdirSync(at.path('known'));
    await expect(
      addKnownHosts(at.path('known'), [{ address: 'h', port: 22, key: newKey() }]),
    ).rejects.toThrow('EISDIR');
    await addKnownHosts(at.path('other'), [{ address: 'h', port: 22, key: newKey() }]);
  });
});

describe('reading known_hosts files', () => {
  it('takes a file that is not there for an empty one, and adds to the first', async () => {
    using at = scratch();
    expect(await readKnownHosts([at.path('no'), at.path('none')])).toEqual({
      entries: [],
      remarks: [],
      newKeysFile: at.path('no'),
    });
  });

  it('tells about a line that it cannot understand', async () => {
    using at = scratch();
    writeFileSync(at.path('known'), '\nhost ssh-ed25519\n');
    expect((await readKnownHosts([at.path('known')])).remarks).toEqual([
      `${at.path('known')}:2 cannot be understood`,
    ]);
  });
});
