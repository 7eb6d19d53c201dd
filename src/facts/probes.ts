import type { FactKey, FactKind, Identity, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, runAs, sh } from '../shell/sh.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';

/** What a command that only looks said. */
export interface ProbeFact {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Input {
  readonly command: Sh;
  readonly identity: Identity;
  /** Seconds, after which the command is ended (status 124). */
  readonly timeoutSeconds: number;
}

/**
 * The fact "what this read-only command answers": `unless`, `onlyif`, commands with `changed_when: false`. Every action
 * of an earlier task taints it.
 *
 * @param id  names the probe within the run: the command's text with its account, as a rule
 */
export const probe = (
  id: string,
  command: Sh,
  identity: Identity,
  timeoutSeconds = 30,
): FactKey<ProbeFact> => ({
  kind: 'probe',
  id,
  input: { command, identity, timeoutSeconds } satisfies Input,
});

const inputOf = (key: FactKey<ProbeFact>): Input => key.input as Input;

/**
 * Output, a line a probe: `<index> <status> <stdout, base64> <stderr, base64>`. Standard output and error are kept
 * apart without a temporary file: the one through a pipe into base64, the other in a variable.
 */
const script = (keys: readonly FactKey<ProbeFact>[]): Sh =>
  joinSh(
    keys.map((key, index) => {
      const { command, identity, timeoutSeconds } = inputOf(key);
      const body = runAs(identity, command);
      return sh`{ printf '%s ' ${index}
e=$( { o=$( { printf '%s\n' ${`{ ${'\n'}${body.sh}\n} </dev/null`} | timeout ${timeoutSeconds} sh -s; } 2>&3; echo ".$?"); printf '%s ' "\${o##*.}" >&4; printf '%s' "\${o%.*}" | base64 -w 0 >&4; } 3>&1 | base64 -w 0)
printf ' %s\n' "$e"; } 4>&1`;
    }),
  );

const decode = (base64: string): string => new TextDecoder().decode(bytesOfBase64(base64));

const parse = (
  output: string,
  keys: readonly FactKey<ProbeFact>[],
): ReadonlyMap<string, Observed<ProbeFact>> => {
  const values = new Map<string, Observed<ProbeFact>>();
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const match = /^(\d+) (\d+) ([A-Za-z0-9+/=]*) ([A-Za-z0-9+/=]*)$/.exec(line);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(`unexpected line among the probes: ${JSON.stringify(line.slice(0, 200))}`);
    values.set(key.id, {
      exitStatus: Number(match[2]),
      stdout: decode(match[3] ?? ''),
      stderr: decode(match[4] ?? ''),
    });
  }
  return values;
};

/** Each probe in a shell of its own, one after another. */
export const probes: FactKind<ProbeFact> = { kind: 'probe', script, parse };
