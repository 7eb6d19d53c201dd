import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** A question that debconf knows. */
export interface DebconfAnswerFact {
  /** As debconf writes it: a line end is `\\n` (so is a backslash and an n). undefined: the package's default holds. */
  readonly value: string | undefined;
  /** SHA-256 of the answer, hex, where it was asked for in place of the value; else ''. */
  readonly valueSha256: string;
  /** Packages that ask it. */
  readonly owners: readonly string[];
  /** Will not be asked again. */
  readonly seen: boolean;
}

interface Input {
  readonly secret: boolean;
}

/**
 * The fact "what debconf has as the answer to this question".
 *
 * @param secret  a password: only its digest leaves the host
 */
export const debconfAnswer = (question: string, secret = false): FactKey<DebconfAnswerFact> => ({
  kind: 'debconf-answer',
  id: question,
  input: { secret } satisfies Input,
});

const isSecret = (key: FactKey<DebconfAnswerFact>): boolean =>
  (key.input as Input | undefined)?.secret === true;

/**
 * Output, a line a question that is known: `<index>\t<owners>\t<flags>\t<value, digest or ->`, the value after `=`, the
 * digest after `#`, `-` where there is no answer.
 *
 * Reads debconf's own files (their default places, `Field: value` stanzas, newlines in values as `\n`), since each
 * of its programs is a Perl that takes 100 ms and hides passwords or needs them on a command line.
 */
const script = (keys: readonly FactKey<DebconfAnswerFact>[]): Sh =>
  joinSh([
    sh`answers=$({ printf '%s\n' ${keys.map((key) => key.id)}; echo; cat /var/cache/debconf/config.dat /var/cache/debconf/passwords.dat 2>/dev/null; } | awk '
function flush() { if (name in wanted) print wanted[name] "\t" owners "\t" flags "\t" value; name = owners = flags = ""; value = "-" }
!listed && $0 == "" { listed = 1; value = "-"; next }
!listed { wanted[$0] = count++; next }
$0 == "" { flush() }
/^Name: / { if (name != "") flush(); name = substr($0, 7) }
/^Owners: / { owners = substr($0, 9) }
/^Flags: / { flags = substr($0, 8) }
/^Value:/ { value = "=" substr($0, 8) }
END { flush() }')
printf '%s\n' "$answers" | while IFS= read -r answer; do
  if [ -z "$answer" ]; then continue; fi
  case ${` ${keys.flatMap((key, index) => (isSecret(key) ? [index] : [])).join(' ')} `} in
    *" \${answer%%	*} "*) value=\${answer##*	}
      case $value in =*) value="#$(printf %s "\${value#=}" | sha256sum)"; value=\${value%% *} ;; esac
      printf '%s\t%s\n' "\${answer%	*}" "$value" ;;
    *) printf '%s\n' "$answer" ;;
  esac
done`,
  ]);

const words = (text: string): readonly string[] => text.split(/,\s*/).filter((word) => word !== '');

const parse = (
  output: string,
  keys: readonly FactKey<DebconfAnswerFact>[],
): ReadonlyMap<string, Observed<DebconfAnswerFact>> => {
  const values = new Map<string, Observed<DebconfAnswerFact>>(keys.map((key) => [key.id, 'absent']));
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(\d+)\t([^\t]*)\t([^\t]*)\t([-=#])([\s\S]*)$/.exec(text);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(
        `unexpected line among debconf's answers: ${JSON.stringify(text.slice(0, 200))}`,
      );
    const [, , owners = '', flags = '', form, rest = ''] = match;
    values.set(key.id, {
      value: form === '=' ? rest : undefined,
      valueSha256: form === '#' ? rest : '',
      owners: words(owners),
      seen: words(flags).includes('seen'),
    });
  }
  return values;
};

/** One awk over debconf's files. */
export const debconfAnswers: FactKind<DebconfAnswerFact> = {
  kind: 'debconf-answer',
  script,
  parse,
  merge: (first, second) => (isSecret(second) ? second : first),
  lasting: ({ value, valueSha256 }) => ({ value, valueSha256 }),
};
