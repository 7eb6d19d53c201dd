import { expect, test } from 'vitest';
import { readMysqlAnswer } from '../../src/facts/mysql-answer.ts';
import { FactFailure, StrangeOutput } from '../../src/model/fact.ts';

const version = ['k\tversion', 'v\t11.4'];
const accounts = [
  'k\tHost\tUser\tplugin\tssl_cipher\tx509_issuer',
  'u\tlocalhost\ta\tunix_socket\tAES\tNULL',
];

test('a server is its version, its databases and the accounts that were asked for', () => {
  const databases = ['k\tname\tencoding\tcollation', 'd\tshop\\tnew\tutf8mb4\tutf8mb4_bin'];
  expect(readMysqlAnswer([...version, ...databases, ...accounts], ['a', 'b'])).toEqual({
    version: '11.4',
    databases: { 'shop\tnew': { encoding: 'utf8mb4', collation: 'utf8mb4_bin' } },
    accounts: {
      a: [{ host: 'localhost', plugin: 'unix_socket', hash: '', requires: { CIPHER: 'AES' }, grants: [] }],
      b: [],
    },
  });
});

test('grants go to the account that they are of', () => {
  const grants = ['g\ta\tlocalhost', 'GRANT USAGE ON *.* TO a', 'g\ta\t%', 'GRANT ALL ON *.* TO other'];
  expect(readMysqlAnswer([...version, ...accounts, ...grants], ['a'])).toMatchObject({
    accounts: { a: [{ host: 'localhost', grants: ['GRANT USAGE ON *.* TO a'] }] },
  });
});

test('a server that nobody answers at is absent, and one that refuses has failed', () => {
  expect(readMysqlAnswer(['! ERROR 2003 (HY000): no route'], [])).toBe('absent');
  expect(readMysqlAnswer(['! ERROR 1045 (28000): denied'], [])).toEqual(
    new FactFailure('ERROR 1045 (28000): denied'),
  );
  expect(readMysqlAnswer([], [])).toEqual(new FactFailure('the client said nothing'));
});

test.each([['v\t11.4'], [...version, 'v'], [...version, 'g\ta\tlocalhost', 'DROP TABLE a']])(
  'a line of another form is an error with the line in it: %j',
  (...lines) => {
    expect(() => readMysqlAnswer(lines, [])).toThrow(StrangeOutput);
  },
);
