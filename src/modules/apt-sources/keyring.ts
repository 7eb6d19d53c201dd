import type { AptFile } from '../../facts/apt-folders.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { isArmored, type OpenpgpKey, openpgpKeys } from '../../util/openpgp.ts';

/** gpg's own databases begin so; apt and we read none. */
const isKeybox = (bytes: Uint8Array): boolean =>
  new TextDecoder('latin1').decode(bytes.subarray(8, 12)) === 'KBXf';

/** @throws TaskFailure with the path, when it is no keyring */
export const keysOf = ({ path, bytes }: AptFile): readonly OpenpgpKey[] => {
  if (isKeybox(bytes))
    throw new TaskFailure(`${path} is a keybox of gpg, which apt does not read: export its keys with gpg`);
  try {
    return openpgpKeys(bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new TaskFailure(`${path}: ${error.message}`);
  }
};

/** A key's id as somebody wrote it: 8, 16 or more hexadecimal digits, `0x` before them or not. */
export interface KeyId {
  /** Upper case, without `0x`. */
  readonly whole: string;
  /** The last 8 digits. */
  readonly short: string;
  /** The last 16 digits, as far as there are so many. */
  readonly long: string;
}

export const parseKeyId = (written: string): KeyId => {
  const whole = written.toUpperCase().replace(/^0X/, '');
  return { whole, short: whole.slice(-8), long: whole.slice(-16) };
};

/** Whether it is an id that `parseKeyId` takes. */
export const isKeyId = (written: string): boolean =>
  /^(?:0x)?(?:[0-9a-f]{8}|[0-9a-f]{16,64})$/i.test(written);

/** Whether the key, or a subkey of it, has the id: by all of the fingerprint where the whole of it is given. */
export const hasId = (key: OpenpgpKey, id: KeyId): boolean => {
  if (id.whole.length >= 40) return key.fingerprint === id.whole || key.subkeyIds.includes(id.long);
  return [key.keyId, ...key.subkeyIds].some((keyId) => keyId.endsWith(id.long));
};

/** Ids of all keys and subkeys, as `apt-key list` told them. */
export const idsIn = (keys: readonly OpenpgpKey[], { whole }: KeyId): readonly string[] =>
  keys
    .flatMap(({ keyId, subkeyIds }) => [keyId, ...subkeyIds])
    .map((keyId) => (whole.length === 8 ? keyId.slice(-8) : keyId));

/** A keyring of these keys. */
export const keyringOf = (keys: readonly OpenpgpKey[]): Uint8Array => {
  const whole = new Uint8Array(keys.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of keys) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
};

/** Whether a file of this name is to hold armored keys, whatever is in it. */
export const wantsArmor = (path: string): boolean => path.endsWith('.asc');

export { isArmored };
