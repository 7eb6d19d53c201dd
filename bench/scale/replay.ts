import {
  commonPart,
  type Exchange,
  firstDifference,
  isWhole,
  nonceOf,
  noncePlace,
  type Recording,
} from './recording.ts';
import type { OnExec } from './ssh-server.ts';
import { unlikeOthers } from './unlike-others.ts';

/** What became of the simulated hosts since they were last asked. */
export interface ReplayCount {
  /** Scripts that were answered. */
  readonly answered: number;
  /** What was asked that was not recorded, at most a few. */
  readonly refused: readonly string[];
}

const mostRefused = 5;

const withNonce = (text: string, nonce: string): Buffer =>
  Buffer.from(text.replaceAll(noncePlace, nonce), 'latin1');

/**
 * Answers scripts as the recorded host did, on any number of channels; each channel begins with the first exchange. A script
 * that is not the recorded one ends its shell with status 70 and is counted as refused. Hosts differ as real ones do.
 */
export const createReplay = ({ command: recorded, exchanges }: Recording) => {
  let answered = 0;
  let refused: string[] = [];
  const refuse = (channel: Parameters<OnExec>[1], why: string): void => {
    if (refused.length < mostRefused) refused.push(why);
    channel.stderr.write(`simulated host: ${why}\n`);
    channel.exit(70);
    channel.end();
  };
  const onExecOf =
    (host: number): OnExec =>
    (command, channel) => {
      if (command !== recorded) return refuse(channel, `recorded ${recorded}, given ${command}`);
      let script = '';
      let at = 0;
      channel.on('data', (chunk: Buffer) => {
        script += chunk.toString('latin1');
        if (!isWhole(script)) return;
        const answer: Exchange | undefined = exchanges[at];
        at += 1;
        const nonce = nonceOf(script);
        const asked = commonPart(script);
        script = '';
        if (answer === undefined)
          return refuse(channel, `asked ${at} scripts, ${exchanges.length} are recorded`);
        if (asked !== answer.script) return refuse(channel, firstDifference(answer.script, asked));
        channel.write(withNonce(unlikeOthers(answer.stdout, host), nonce));
        channel.stderr.write(withNonce(answer.stderr, nonce));
        answered += 1;
      });
      channel.on('end', () => {
        channel.exit(0);
        channel.end();
      });
    };
  return {
    /** @param host  its number, from 0 */
    onExecOf,
    /** And begins to count anew. */
    takeCount(): ReplayCount {
      const count = { answered, refused };
      answered = 0;
      refused = [];
      return count;
    },
  };
};
