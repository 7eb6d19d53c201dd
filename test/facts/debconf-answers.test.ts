import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { debconfAnswer, debconfAnswers } from '../../src/facts/debconf-answers.ts';
import { sha256 } from '../../src/util/sha256.ts';
import { observeLocally, temporaryFolder } from './support/run-script.ts';

const config = `Name: a/first
Template: a/first
Value: two words  and 'quotes' $(x) \\n
Owners: a, b
Flags: seen
Variables:
 choices = x, y

Name: a/unanswered
Template: a/unanswered
Owners: a

Name: a/empty
Template: a/empty
Value:${' '}
Owners: a
`;

const passwords = `Name: a/password
Template: a/password
Value: secret
Owners: a
Flags: seen
`;

const look = (...keys: Parameters<typeof debconfAnswers.script>[0]) => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'debconf'));
  writeFileSync(join(folder.path, 'debconf/config.dat'), config);
  writeFileSync(join(folder.path, 'debconf/passwords.dat'), passwords);
  return observeLocally(debconfAnswers, keys, {}, (script) => script.replaceAll('/var/cache', folder.path));
};

describe("debconf's answers", () => {
  test('an answer comes as it is written, with who asks', () => {
    expect(look(debconfAnswer('a/first')).get('a/first')).toEqual({
      value: "two words  and 'quotes' $(x) \\n",
      valueSha256: '',
      owners: ['a', 'b'],
      seen: true,
    });
  });

  test('no answer, an empty one, and no question are three things', () => {
    const found = look(debconfAnswer('a/unanswered'), debconfAnswer('a/empty'), debconfAnswer('a/none'));
    expect([...found.values()]).toMatchObject([{ value: undefined, seen: false }, { value: '' }, 'absent']);
  });

  test('of a secret only the digest leaves the host', () => {
    const found = look(debconfAnswer('a/first'), debconfAnswer('a/password', true));
    expect(found.get('a/password')).toMatchObject({ value: undefined, valueSha256: sha256('secret') });
    expect(found.get('a/first')).toMatchObject({ valueSha256: '' });
  });

  test('a host without answers has none', () => {
    const found = observeLocally(debconfAnswers, [debconfAnswer('a/b', true)], {}, (script) =>
      script.replaceAll('/var/cache', '/nowhere'),
    );
    expect(found.get('a/b')).toBe('absent');
  });

  test('strange output is an error that shows it', () => {
    expect(() => debconfAnswers.parse('awk: broken\n', [debconfAnswer('a/b')])).toThrow('awk: broken');
  });
});
