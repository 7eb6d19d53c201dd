import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** What apt would install. Absent: the package lists do not know the package. */
export interface AptCandidateFact {
  /** '' when there is none (a virtual package, or all versions pinned away). */
  readonly version: string;
  /** Every version apt knows of, the installed one among them, newest first. */
  readonly versions: readonly string[];
}

/** The fact "which version apt would install". @param release  of `default_release`; '' for apt's own choice */
export const aptCandidate = (name: string, release = ''): FactKey<AptCandidateFact> => ({
  kind: 'apt-candidate',
  id: release === '' ? name : `${name}/${release}`,
  input: { name, release } satisfies Input,
});

interface Input {
  readonly name: string;
  readonly release: string;
}

const inputOf = (key: FactKey<AptCandidateFact>): Input => key.input as Input;

const releases = (keys: readonly FactKey<AptCandidateFact>[]): readonly string[] => [
  ...new Set(keys.map((key) => inputOf(key).release)),
];

/** Output, a block a release: `= <release>` and the output of `apt-cache policy` (see parse). */
const script = (keys: readonly FactKey<AptCandidateFact>[]): Sh =>
  joinSh(
    releases(keys).map((release) => {
      const names = keys.map(inputOf).flatMap((input) => (input.release === release ? [input.name] : []));
      const option = release === '' ? [] : ['-o', `APT::Default-Release=${release}`];
      return sh`printf '= %s\n' ${release}
apt-cache ${option} policy ${names} 2>/dev/null`;
    }),
  );

interface Block {
  candidate: string;
  readonly versions: string[];
}

/**
 * Reads `apt-cache policy`: a name and a colon at the margin; two blanks and `Installed:`, `Candidate:`, `Version table:`;
 * then a line a version (` *** ` or five blanks before it) and lines of its sources (eight and more blanks).
 */
const parse = (
  output: string,
  keys: readonly FactKey<AptCandidateFact>[],
): ReadonlyMap<string, Observed<AptCandidateFact>> => {
  const blocks = new Map<string, Block>();
  let release = '';
  let block: Block | undefined;
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const head = /^(= )?(\S*?):?$/.exec(text);
    const version = /^(?: \*\*\*| {4}) (\S+) -?\d+/.exec(text);
    const candidate = /^ {2}Candidate: (\S+)/.exec(text);
    if (head?.[1] !== undefined) release = head[2] ?? '';
    else if (head !== null) {
      block = { candidate: '', versions: [] };
      blocks.set(`${release}/${head[2]}`, block);
    } else if (candidate !== null && block !== undefined)
      block.candidate = candidate[1] === '(none)' ? '' : (candidate[1] ?? '');
    else if (version !== null) block?.versions.push(version[1] ?? '');
    else if (!/^ /.test(text))
      throw new StrangeOutput(`unexpected line of apt-cache policy: ${JSON.stringify(text.slice(0, 200))}`);
  }
  return new Map(
    keys.map((key): [string, Observed<AptCandidateFact>] => {
      const { name, release: wanted } = inputOf(key);
      // NOTE: apt leaves the architecture out of the heading where it is the native one.
      const found = blocks.get(`${wanted}/${name}`) ?? blocks.get(`${wanted}/${name.replace(/:.*/, '')}`);
      return [
        key.id,
        found === undefined ? 'absent' : { version: found.candidate, versions: found.versions },
      ];
    }),
  );
};

/** One `apt-cache policy` a release. */
export const aptCandidates: FactKind<AptCandidateFact> = { kind: 'apt-candidate', script, parse };
