import { type ChecksumAlgorithm, checksumAlgorithms } from '../../facts/checksums.ts';

/** Whether a checksum is the address of a list of checksums. */
export const isChecksumAddress = (written: string): boolean => /^(?:https?|ftp|file):\/\//i.test(written);

export interface WrittenChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Lower-case hex; '' where an address is given. */
  readonly hex: string;
}

/** `ALGORITHM:HEX` or `ALGORITHM:ADDRESS`, stray characters in the digits dropped; undefined: it is neither. */
export const parseChecksum = (written: string): WrittenChecksum | undefined => {
  const [, name, value = ''] = /^(\w+):(.*)$/s.exec(written) ?? [];
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (algorithm === undefined) return undefined;
  if (isChecksumAddress(value)) return { algorithm, hex: '' };
  const hex = value.replaceAll(/\W+/g, '').toLowerCase();
  return /^[0-9a-f]+$/.test(hex) ? { algorithm, hex } : undefined;
};

/**
 * The checksum of a file in a list, as sha256sum writes it (`HEX  name`, `HEX *name`); a list of one word is the checksum
 * itself. Lower-case hex; undefined: the file is not in it.
 */
export const findChecksum = (list: string, name: string): string | undefined => {
  const lines = list.split('\n').filter((line) => line.trim() !== '');
  const [only = ''] = lines;
  if (lines.length === 1 && !/\s/.test(only.trim())) return only.trim().toLowerCase();
  for (const line of lines) {
    const match = /^(\S+) [ *]?(.*?)\s*$/.exec(line);
    if (match?.[2]?.replace(/^[./]+/, '') === name) return match[1]?.toLowerCase();
  }
  return undefined;
};
