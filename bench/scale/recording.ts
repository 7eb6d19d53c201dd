/** One script and what a real host answered it, with its nonce taken out. */
export interface Exchange {
  /** Bytes as latin1, as all of these, with `noncePlace` where the nonce was. */
  readonly script: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** All scripts of one run, in order. */
export interface Recording {
  /** What was recorded, for the reader of the figures. */
  readonly recordedFrom: string;
  /** The words of the one command that was run. */
  readonly command: string;
  readonly exchanges: readonly Exchange[];
}

/** Stands where a nonce was. Looks print NUL bytes, but not these words between two of them. */
export const noncePlace = '\u0000nonce\u0000';

/** How every script ends. @see src/shell/script.ts */
const scriptEnd = 'mark done; mark done >&2\n';

const nonceLine = /^mark\(\) \{ printf '\\036%s %s\\n' '?([0-9a-f]{32})'? "\$\*"; \}$/m;

/** @throws Error when it is no script of ours, or one that is laid out in another way than we know */
export const nonceOf = (script: string): string => {
  const nonce = nonceLine.exec(script)?.[1];
  if (nonce === undefined)
    throw new Error(`no nonce in the script; renderScript was changed: ${script.slice(0, 300)}`);
  return nonce;
};

export const isWhole = (script: string): boolean => script.endsWith(scriptEnd);

/** How a script tells whether the lock is its run's, and another host's: the run, and the host. @see src/shell/lock.ts */
const ownLine = /^ +([0-9a-f]{32})' '([0-9a-f]{8})' '\*\)$/m;

/** Who wants the lock, and since when. */
const holderLine = /^( +printf '%s\\n' ").*( >"\$syn_run\/holder")$/m;

/** A script without what is another in each run and on each host. */
export const commonPart = (script: string): string => {
  const [, run = noncePlace, host = noncePlace] = ownLine.exec(script) ?? [];
  return script
    .replaceAll(nonceOf(script), noncePlace)
    .replace(holderLine, '$1$2')
    .replaceAll(run, 'run')
    .replace(`run' '${host}' '`, "run' 'host' '");
};

/** @param script  latin1, as the other two */
export const exchangeOf = (script: string, stdout: string, stderr: string): Exchange => {
  const nonce = nonceOf(script);
  const withoutNonce = (text: string): string => {
    if (text.includes(noncePlace)) throw new Error('what was recorded has the place of a nonce');
    return text.replaceAll(nonce, noncePlace);
  };
  return { script: commonPart(script), stdout: withoutNonce(stdout), stderr: withoutNonce(stderr) };
};

/** Where two texts part, for people. */
export const firstDifference = (recorded: string, given: string): string => {
  const lines = given.split('\n');
  const at = recorded.split('\n').findIndex((line, index) => line !== lines[index]);
  return `line ${at + 1}: recorded ${JSON.stringify(recorded.split('\n')[at])}, given ${JSON.stringify(lines[at])}`;
};
