import { expect, test } from 'vitest';
import { z } from 'zod';
import { homesWanted, withHomes } from '../../src/engine/home-paths.ts';
import { factName, NotObserved, Overlay } from '../../src/engine/overlay.ts';
import { type AccountFact, account } from '../../src/facts/accounts.ts';
import { absent, type Observed } from '../../src/model/fact.ts';
import { parseWithRelativePaths } from '../../src/model/home-path.ts';
import { path, pathWithSlash } from '../../src/modules/params/path.ts';

const postfix: AccountFact = {
  ...{ uid: 100, gid: 100, group: 'postfix', groups: [], home: '/var/spool/postfix/', shell: '/bin/false' },
  ...{ comment: '', shadow: undefined },
};

const overlay = (fact?: Observed): Overlay =>
  new Overlay(new Map(fact === undefined ? [] : [[factName(account('postfix')), fact]]), {
    blockOnTaint: true,
  });

const asAccount = (own: string) => ({ own, login: 'admin' });

const params = (text: string) => ({ path: path().parse(text), content: text, state: 'absent' });

test('a path below a home becomes one of the host; other texts stay', () => {
  const given = params('~postfix//pid/./master.pid');
  expect(homesWanted(given, asAccount('root'))).toEqual([account('postfix')]);
  expect(withHomes(given, asAccount('root'), overlay(postfix))).toEqual({
    path: '/var/spool/postfix/pid/master.pid',
    content: '~postfix//pid/./master.pid',
    state: 'absent',
  });
});

test('"~" is the home of who acts', () => {
  for (const text of ['~', '~/']) {
    expect(homesWanted(params(text), asAccount('postfix'))).toEqual([account('postfix')]);
    expect(withHomes(params(text), asAccount('postfix'), overlay(postfix))).toMatchObject({
      path: '/var/spool/postfix',
    });
  }
});

test('paths and modules without homes ask for nothing', () => {
  expect(homesWanted(params('//etc//~x'), asAccount('root'))).toEqual([]);
  expect(homesWanted({ mode: undefined, list: [null, 1] }, asAccount('root'))).toEqual([]);
});

test('an account that nobody has looked at is looked at first; one that is not there is said to be missing', () => {
  expect(() => withHomes(params('~postfix/x'), asAccount('root'), overlay())).toThrow(NotObserved);
  expect(() => withHomes(params('~postfix/x'), asAccount('root'), overlay(absent))).toThrow(
    'there is no account "postfix" whose home ~postfix could be',
  );
});

const relative = (text: string) => {
  const parsed = parseWithRelativePaths(z.strictObject({ path: pathWithSlash(), content: z.string() }), {
    path: text,
    content: 'a/b',
  });
  return parsed.data ?? parsed.error?.issues.map(({ message }) => message);
};

test('a relative path begins in the home of who logs in, or in a folder of this machine', () => {
  const admin = { ...postfix, home: '/home/admin' };
  const facts = new Overlay(new Map([[factName(account('admin')), admin]]), { blockOnTaint: true });
  for (const [text, below] of [
    ['a//b', 'a/b'],
    ['./a/', 'a/'],
    ['a/../b', 'b'],
    ['.', ''],
  ] as const) {
    const given = relative(text);
    expect(homesWanted(given, asAccount('root'))).toEqual([account('admin')]);
    expect(withHomes(given, asAccount('root'), facts)).toEqual({
      path: `/home/admin/${below}`.replace(/(?<=admin)\/$/, ''),
      content: 'a/b',
    });
    const here = { ...asAccount('root'), folder: '/srv/play' };
    expect(homesWanted(given, here)).toEqual([]);
    expect(withHomes(given, here, overlay())).toMatchObject({
      path: `/srv/play/${below}`.replace(/(?<=play)\/$/, ''),
    });
  }
});

test('neither nothing nor a variable of the environment is a relative path; $HOME is "~"', () => {
  const refused = ['expected an absolute path on the host (it starts with /)'];
  expect([relative(''), relative('$TMP/a'), relative('~ /a')]).toEqual([refused, refused, refused]);
  expect([params('$HOME/a').path, params(`\${HOME}`).path]).toEqual(['//~/a', '//~']);
});
