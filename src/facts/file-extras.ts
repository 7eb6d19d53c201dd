import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** What programs that not every host has say of a path. */
export interface FileExtras {
  /** `text/plain`; `unknown` where the host has no `file`. */
  readonly mimetype: string;
  readonly charset: string;
  /** Flags as lsattr shows them, without dashes: `e`; undefined where the file system has none. */
  readonly flags: string | undefined;
  /** The file's generation; undefined where the file system has none. */
  readonly version: string | undefined;
}

interface Input {
  readonly path: string;
  readonly mime: boolean;
  readonly attributes: boolean;
}

/**
 * The fact "what sort of content, and which attributes". Absent where nothing is.
 *
 * NOTE: no action of ours taints it: of a file that was only just written (`justWritten`) it is not to be asked.
 */
export const fileExtras = (
  path: string,
  { mime, attributes }: { readonly mime: boolean; readonly attributes: boolean },
): FactKey<FileExtras> => ({
  kind: 'extras',
  id: `${path}/:${mime ? 'm' : ''}${attributes ? 'a' : ''}`,
  input: { path, mime, attributes } satisfies Input,
});

const inputOf = (key: FactKey<FileExtras>): Input => key.input as Input;

/** Output, a line a path that is there: `<index>\t<mime type or ->\t<charset or ->\t<version or ->\t<flags or ->`. A link is not followed. */
const script = (keys: readonly FactKey<FileExtras>[]): Sh =>
  joinSh([
    sh`has_file=$(command -v file); has_lsattr=$(command -v lsattr)
extras() {
  if ! [ -e "$2" ] && ! [ -L "$2" ]; then return; fi
  m=-; c=-; v=-; f=-
  if [ "$3" = yes ] && [ -n "$has_file" ]; then
    m=$(file -b -h --mime-type -- "$2" 2>/dev/null) && c=$(file -b -h --mime-encoding -- "$2" 2>/dev/null)
  fi
  if [ "$4" = yes ] && [ -n "$has_lsattr" ] && ! [ -L "$2" ]; then
    l=$(lsattr -v -d -- "$2" 2>/dev/null | tr -s ' ' ' ') && l=\${l# } && v=\${l%% *} && l=\${l#* } && f=\${l%% *}
  fi
  printf '%s\t%s\t%s\t%s\t%s\n' "$1" "\${m:--}" "\${c:--}" "\${v:--}" "\${f:--}"
}`,
    ...keys.map((key, index) => {
      const { path, mime, attributes } = inputOf(key);
      return sh`extras ${index} ${path} ${mime ? 'yes' : 'no'} ${attributes ? 'yes' : 'no'}`;
    }),
  ]);

const parse = (
  output: string,
  keys: readonly FactKey<FileExtras>[],
): ReadonlyMap<string, Observed<FileExtras>> => {
  const values = new Map<string, Observed<FileExtras>>(keys.map(({ id }) => [id, 'absent']));
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const [index = '', mimetype = '', charset = '', version, flags] = line.split('\t');
    const key = keys[Number(index)];
    if (key === undefined || flags === undefined)
      throw new StrangeOutput(
        `unexpected line among the extras of files: ${JSON.stringify(line.slice(0, 200))}`,
      );
    const [shown] = /^[A-Za-z-]*$/.exec(flags) ?? [''];
    values.set(key.id, {
      mimetype: mimetype === '-' ? 'unknown' : mimetype,
      charset: charset === '-' ? 'unknown' : charset,
      version: version === '-' ? undefined : version,
      flags: flags === '-' ? undefined : shown.replaceAll('-', ''),
    });
  }
  return values;
};

/** Two processes a path on hosts that have `file`, two that have `lsattr`; only for tasks that ask. */
export const fileExtrasKind: FactKind<FileExtras> = { kind: 'extras', script, parse };
