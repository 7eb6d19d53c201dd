import type { FactKey, FactKind, Observed, Taint } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** Algorithms that coreutils has a program for. */
export const checksumAlgorithms = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

interface Input {
  readonly path: string;
  readonly algorithm: ChecksumAlgorithm;
}

/** The fact "checksum of the regular file at this path", hex. Absent where there is none, or it cannot be read. */
export const checksum = (path: string, algorithm: ChecksumAlgorithm): FactKey<string> => ({
  kind: 'checksum',
  id: `${path}/:${algorithm}`,
  input: { path, algorithm } satisfies Input,
});

/** The checksums of a file, and of all below a folder. */
export const checksumsBelow = (path: string): Taint => ({ kind: 'checksum', under: path });

const inputOf = (key: FactKey<string>): Input => key.input as Input;

/** Output, a line a file that is there: `<index> <hex>`. */
const script = (keys: readonly FactKey<string>[]): Sh =>
  joinSh([
    sh`sum() { if [ -f "$2" ] && [ -r "$2" ] && s=$("$3" <"$2"); then echo "$1 \${s%% *}"; fi; }`,
    ...keys.map((key, index) => sh`sum ${index} ${inputOf(key).path} ${`${inputOf(key).algorithm}sum`}`),
  ]);

const parse = (output: string, keys: readonly FactKey<string>[]): ReadonlyMap<string, Observed<string>> => {
  const values = new Map<string, Observed<string>>(keys.map(({ id }) => [id, 'absent']));
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const match = /^(\d+) ([0-9a-f]+)$/.exec(line);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(`unexpected line among the checksums: ${JSON.stringify(line.slice(0, 200))}`);
    values.set(key.id, match[2] ?? '');
  }
  return values;
};

/** A process a file, and only where a task asks for a checksum other than what `file` facts have (sha256). */
export const checksums: FactKind<string> = { kind: 'checksum', script, parse };
