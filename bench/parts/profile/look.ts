import { spawn } from 'node:child_process';
import type { LookTime } from '../../support/results.ts';

/** A record separator, a nonce, and words; see src/shell/frames.ts. */
const mark = new RegExp(`${String.fromCharCode(0x1e)}\\S+ (facts|facts-end) (\\S+)`, 'g');

/**
 * Runs a look in a container, past ssh, and takes the time from each section's first mark to its last.
 *
 * @param script  as it was sent to a host, with any nonce
 * @see src/shell/script.ts for the marks
 */
export const timeLook = async (container: string, script: string): Promise<readonly LookTime[]> => {
  const sh = spawn('docker', ['exec', '-i', container, 'sh', '-s'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const begun = new Map<string, number>();
  const times: LookTime[] = [];
  sh.stdout.on('data', (chunk: Buffer) => {
    const now = performance.now();
    for (const [, word, kind = ''] of chunk.toString('latin1').matchAll(mark)) {
      if (word === 'facts') begun.set(kind, now);
      else times.push({ kind, ms: now - (begun.get(kind) ?? now) });
    }
  });
  sh.stdin.end(script);
  await new Promise((resolve) => sh.once('close', resolve));
  if (times.length === 0) throw new Error(`the look at ${container} printed no marks`);
  return times;
};
