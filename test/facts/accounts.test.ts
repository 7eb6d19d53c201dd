import { describe, expect, test } from 'vitest';
import { account, accounts } from '../../src/facts/accounts.ts';
import { group, groups } from '../../src/facts/groups.ts';
import { sha256 } from '../../src/util/sha256.ts';
import { observeLocally } from './support/run-script.ts';

const databases = {
  getent: `case $1 in
passwd) printf '%s\\n' 'syn:x:999:998:it is; $(me),,,:/var/lib/syn:/usr/sbin/nologin' 'bob:x:1000:12345::/home/bob:/bin/sh' ;;
shadow) printf '%s\\n' 'syn:!!$6$salt$hash:19000::::::' 'bob:*:19000:0:99999:7::20000:' ;;
group) printf '%s\\n' 'redis:x:50:other,syn' 'syn:x:998:syn' 'mail:x:8:' 'adm:x:4:syn,bob' ;;
esac`,
};

const look = (...keys: Parameters<typeof accounts.script>[0]) => observeLocally(accounts, keys, databases);

describe('the accounts of a host', () => {
  test('one has its groups, but not its primary one among the others', () => {
    expect(look(account('syn')).get('syn')).toEqual({
      uid: 999,
      gid: 998,
      group: 'syn',
      groups: ['adm', 'redis'],
      home: '/var/lib/syn',
      shell: '/usr/sbin/nologin',
      comment: 'it is; $(me),,,',
      hasHome: false,
      shadow: {
        locked: true,
        expiresOnDay: undefined,
        passwordSha256: '',
        aging: { min: undefined, max: undefined, warn: undefined, inactive: undefined },
      },
    });
  });

  test('one whose group is gone has its number', () => {
    expect(look(account('bob')).get('bob')).toMatchObject({
      group: '12345',
      shadow: {
        locked: false,
        expiresOnDay: 20_000,
        aging: { min: 0, max: 99_999, warn: 7, inactive: undefined },
      },
    });
  });

  test('a password is a digest of the hash without its lock, and only for those who ask', () => {
    const found = look(account('syn', true), account('bob'));
    expect([...found.values()]).toMatchObject([
      { shadow: { passwordSha256: sha256('$6$salt$hash') } },
      { shadow: { passwordSha256: '' } },
    ]);
  });

  test('whether there is a home folder is looked for', () => {
    const found = observeLocally(accounts, [account('root')], {
      getent: `case $1 in passwd) echo 'root:x:0:0::/:/bin/sh' ;; esac`,
    });
    expect(found.get('root')).toMatchObject({ home: '/', hasHome: true });
  });

  test("one that is asked for in the host's own files is not looked for in a directory", () => {
    const getent = `case "$1 $2 $3" in '-s files passwd') echo 'bob:x:7:7::/:/bin/sh' ;; passwd*) echo 'amy:x:8:8::/:/bin/sh' ;; esac`;
    const found = observeLocally(accounts, [account('bob', false, true), account('amy')], { getent });
    expect([...found.values()]).toMatchObject([{ uid: 7 }, { uid: 8 }]);
  });

  test('what a directory says of an account is no answer to who asks for the own one, though both are asked for', () => {
    const getent = `case "$1 $2 $3" in '-s files passwd') ;; passwd*) echo 'bob:x:8:8::/:/bin/sh' ;; shadow*) echo 'bob:!:::::::' ;; esac`;
    const own = account('bob', false, true);
    const found = observeLocally(accounts, [account('bob', true), own], { getent });
    expect(found.get(own.id)).toBe('absent');
    expect(found.get('bob')).toMatchObject({ uid: 8, hasHome: true, shadow: { locked: true } });
  });

  test('two tasks that ask for one account are answered together', () => {
    expect(accounts.merge?.(account('syn'), account('syn', true))).toEqual(account('syn', true));
    expect(accounts.merge?.(account('syn', true), account('syn'))).toEqual(account('syn', true));
    const local = account('syn', false, true);
    expect(accounts.merge?.(local, account('syn', true, true))).toEqual(account('syn', true, true));
  });

  test('one that nobody has is absent', () => {
    expect(look(account('nix')).get('nix')).toBe('absent');
  });

  test('without a right to read shadow that part is not known', () => {
    const found = observeLocally(accounts, [account('syn')], {
      getent: `case $1 in passwd) echo 'syn:x:1:2::/:/bin/sh' ;; shadow) exit 2 ;; group) : ;; esac`,
    });
    expect(found.get('syn')).toMatchObject({ shadow: undefined });
  });

  test('strange output is an error that shows it', () => {
    expect(() => accounts.parse('P:too:few\n', [account('too')])).toThrow('P:too:few');
  });
});

describe('the groups of a host', () => {
  const find = (...names: readonly string[]) => observeLocally(groups, names.map(group), databases);

  test('one has its number and its members in order', () => {
    expect(find('redis').get('redis')).toEqual({ name: 'redis', gid: 50, members: ['other', 'syn'] });
  });

  test('one is found by its number, and one that nobody has is absent', () => {
    expect([...find('8', 'nix').values()]).toEqual([{ name: 'mail', gid: 8, members: [] }, 'absent']);
  });

  test('strange output is an error that shows it', () => {
    expect(() => groups.parse('getent: broken\n', [group('x')])).toThrow('getent: broken');
  });
});
