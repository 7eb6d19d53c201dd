import { expect, test } from 'vitest';
import { homesWanted, withHomes } from '../../src/engine/home-paths.ts';
import { factName, NotObserved, Overlay } from '../../src/engine/overlay.ts';
import { type AccountFact, account } from '../../src/facts/accounts.ts';
import { absent, type Observed } from '../../src/model/fact.ts';
import { path } from '../../src/modules/params/path.ts';

const postfix: AccountFact = {
  ...{ uid: 100, gid: 100, group: 'postfix', groups: [], home: '/var/spool/postfix/', shell: '/bin/false' },
  ...{ comment: '', shadow: undefined },
};

const overlay = (fact?: Observed): Overlay =>
  new Overlay(new Map(fact === undefined ? [] : [[factName(account('postfix')), fact]]), {
    blockOnTaint: true,
  });

const params = (text: string) => ({ path: path().parse(text), content: text, state: 'absent' });

test('a path below a home becomes one of the host; other texts stay', () => {
  const given = params('~postfix//pid/./master.pid');
  expect(homesWanted(given, 'root')).toEqual([account('postfix')]);
  expect(withHomes(given, 'root', overlay(postfix))).toEqual({
    path: '/var/spool/postfix/pid/master.pid',
    content: '~postfix//pid/./master.pid',
    state: 'absent',
  });
});

test('"~" is the home of who acts', () => {
  for (const text of ['~', '~/']) {
    expect(homesWanted(params(text), 'postfix')).toEqual([account('postfix')]);
    expect(withHomes(params(text), 'postfix', overlay(postfix))).toMatchObject({
      path: '/var/spool/postfix',
    });
  }
});

test('paths and modules without homes ask for nothing', () => {
  expect(homesWanted(params('//etc//~x'), 'root')).toEqual([]);
  expect(homesWanted({ mode: undefined, list: [null, 1] }, 'root')).toEqual([]);
});

test('an account that nobody has looked at is looked at first; one that is not there is said to be missing', () => {
  expect(() => withHomes(params('~postfix/x'), 'root', overlay())).toThrow(NotObserved);
  expect(() => withHomes(params('~postfix/x'), 'root', overlay(absent))).toThrow(
    'there is no account "postfix" whose home ~postfix could be',
  );
});
