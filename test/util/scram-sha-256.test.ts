import { expect, test } from 'vitest';
import { matchesScramVerifier } from '../../src/util/scram-sha-256.ts';

/** Of the user and password of RFC 7677's example. */
const verifier =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

test('a verifier is known by its password, and by no other', () => {
  expect(matchesScramVerifier('pencil', verifier)).toBe(true);
  expect(matchesScramVerifier('Pencil', verifier)).toBe(false);
});

test('another form of a password is not judged', () => {
  expect(matchesScramVerifier('pencil', 'md5ac2b10d9871b8fe9d086b7652279ff79')).toBeUndefined();
});
