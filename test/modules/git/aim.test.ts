import { expect, test } from 'vitest';
import type { GitSeen } from '../../../src/facts/git-checkouts.ts';
import { addressOf, secretsInAddress } from '../../../src/modules/git/address.ts';
import { aimOf, aimText } from '../../../src/modules/git/aim.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const nothing = { head: undefined, defaultBranch: undefined, branch: undefined, tag: undefined };
const seen = (server: Partial<GitSeen['server']>): GitSeen => ({
  ...{ isInstalled: true, failure: undefined, checkout: undefined },
  server: { ...nothing, ...server },
});
const repo = 'https://example.org/a.git';

test('a password is apart from the address, without its percent signs', () => {
  expect(addressOf('https://me:a%40b@example.org/a.git')).toEqual({ repo, username: 'me', password: 'a@b' });
  expect(addressOf('https://me:50%off%C3%BC@example.org/a.git')).toEqual({
    repo,
    username: 'me',
    password: '50%offü',
  });
  expect(addressOf('https://me@example.org/a.git')).toEqual({ repo: 'https://me@example.org/a.git' });
  expect(addressOf('git@example.org:a/b.git')).toEqual({ repo: 'git@example.org:a/b.git' });
});

test('HEAD is the branch that the server means by it', () => {
  const aim = aimOf({ repo, version: 'HEAD' }, seen({ head: commit, defaultBranch: 'main' }));
  expect(aim).toEqual({ target: { type: 'branch', name: 'main' }, commit });
  expect(aimText(aim)).toBe('main (0123456789)');
});

test('a branch is stronger than a tag of the same name, and a commit what neither is', () => {
  const version = { repo, version: 'v1' };
  expect(aimOf(version, seen({ branch: 'b', tag: 't' }))).toMatchObject({ target: { type: 'branch' } });
  expect(aimOf(version, seen({ tag: 't' }))).toMatchObject({ target: { type: 'tag' }, commit: 't' });
  const aim = aimOf({ repo, version: commit }, seen({}));
  expect(aim).toEqual({ target: { type: 'commit', name: commit }, commit });
  expect(aimText(aim)).toBe('0123456789');
});

test('what the server does not have is an error without the password in it', () => {
  expect(() => aimOf({ repo, version: 'HEAD' }, seen({}))).toThrow(`${repo} has no commits yet`);
  expect(() => aimOf({ repo, version: 'v9' }, seen({}))).toThrow(`${repo} has no branch or tag v9`);
  const byRefspec = { repo, version: 'v9', refspec: '+refs/pull/*:refs/heads/*' };
  expect(aimOf(byRefspec, seen({}))).toEqual({ target: { type: 'commit', name: 'v9' }, commit: undefined });
});

test.each([
  ['https://me:a%40b@example.org/a.git', ['a%40b', 'a@b']],
  ['https://ghp_0123456789abcdef@example.org/a.git', ['ghp_0123456789abcdef', 'ghp_0123456789abcdef']],
  ['http://deploy@example.org/a.git', ['deploy@']],
  ['https://example.org/a@b.git', []],
  ['ssh://0123456789abcdef0123@example.org/a.git', []],
  ['git@example.org:a.git', []],
])('what must not be shown of %s', (address, secrets) => {
  expect(secretsInAddress(address)).toEqual(secrets);
});
