import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** A locale that the host has, or could make. */
export interface LocaleFact {
  /** The encoding that SUPPORTED has for it; undefined: it is not listed there. */
  readonly charset: string | undefined;
  /** Programs can use it. */
  readonly isGenerated: boolean;
}

/** The fact "what is known of this locale". @param name  as in /etc/locale.gen: `de_CH.UTF-8`, `de_CH` */
export const locale = (name: string): FactKey<LocaleFact> => ({ kind: 'locale', id: name });

/** Output, a line each: `S <name> <charset>` for the supported ones that are asked about, `G <name>` for all that are there. */
const script = (keys: readonly FactKey<LocaleFact>[]) => sh`{ printf '%s\n' ${keys.map(({ id }) => id)}; echo
cat /usr/share/i18n/SUPPORTED /usr/local/share/i18n/SUPPORTED 2>/dev/null; } | awk '
!listed && $0 == "" { listed = 1; next }
!listed { wanted[$1] = 1; next }
NF == 2 && ($1 in wanted) { print "S " $1 " " $2; delete wanted[$1] }'
locale -a 2>/dev/null | sed 's/^/G /'`;

/** `locale -a` writes encodings in its own way: `en_US.utf8`, `de_DE.iso88591`. */
const normalize = (name: string): string =>
  name.replace(/\.([^@]*)/, (_, codeset: string) => `.${codeset.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`);

const parse = (
  output: string,
  keys: readonly FactKey<LocaleFact>[],
): ReadonlyMap<string, Observed<LocaleFact>> => {
  const charsets = new Map<string, string>();
  const generated = new Set<string>();
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [, tag, name = '', charset] = /^([SG]) (\S+)(?: (\S+))?$/.exec(text) ?? [];
    if (tag === 'S' && charset !== undefined) charsets.set(name, charset);
    else if (tag === 'G') generated.add(normalize(name));
    else throw new StrangeOutput(`unexpected line among the locales: ${JSON.stringify(text.slice(0, 200))}`);
  }
  return new Map(
    keys.map(({ id }): [string, Observed<LocaleFact>] => {
      const charset = charsets.get(id);
      const isGenerated = generated.has(normalize(id));
      return [id, charset === undefined && !isGenerated ? 'absent' : { charset, isGenerated }];
    }),
  );
};

/** One awk, one `locale -a`. */
export const locales: FactKind<LocaleFact> = { kind: 'locale', script, parse };
