import { type Exchange, firstDifference, isWhole, nonceOf, noncePlace, type Recording } from './recording.ts';
import type { OnExec } from './ssh-server.ts';

/** What became of the simulated hosts since they were last asked. */
export interface ReplayCount {
  /** Scripts that were answered. */
  readonly answered: number;
  /** What was asked that was not recorded, at most a few. */
  readonly refused: readonly string[];
}

const mostRefused = 5;

/** A prepared answer: pieces between the places of the nonce. */
const piecesOf = (text: string): ((nonce: string) => Buffer) => {
  const pieces = text.split(noncePlace);
  return (nonce) => Buffer.from(pieces.join(nonce), 'latin1');
};

/**
 * Answers scripts as the recorded host did, on any number of channels; each channel begins with the first exchange. A script
 * that is not the recorded one ends its shell with status 70 and is counted as refused.
 */
export const createReplay = ({ command: recorded, exchanges }: Recording) => {
  const answers = exchanges.map(({ script, stdout, stderr }: Exchange) => ({
    script,
    stdout: piecesOf(stdout),
    stderr: piecesOf(stderr),
  }));
  let answered = 0;
  let refused: string[] = [];
  const refuse = (channel: Parameters<OnExec>[1], why: string): void => {
    if (refused.length < mostRefused) refused.push(why);
    channel.stderr.write(`simulated host: ${why}\n`);
    channel.exit(70);
    channel.end();
  };
  const onExec: OnExec = (command, channel) => {
    if (command !== recorded) return refuse(channel, `recorded ${recorded}, given ${command}`);
    let script = '';
    let at = 0;
    channel.on('data', (chunk: Buffer) => {
      script += chunk.toString('latin1');
      if (!isWhole(script)) return;
      const answer = answers[at];
      at += 1;
      const nonce = nonceOf(script);
      const asked = script.replaceAll(nonce, noncePlace);
      script = '';
      if (answer === undefined) return refuse(channel, `asked ${at} scripts, ${answers.length} are recorded`);
      if (asked !== answer.script) return refuse(channel, firstDifference(answer.script, asked));
      channel.write(answer.stdout(nonce));
      channel.stderr.write(answer.stderr(nonce));
      answered += 1;
    });
    channel.on('end', () => {
      channel.exit(0);
      channel.end();
    });
  };
  return {
    onExec,
    /** And begins to count anew. */
    takeCount(): ReplayCount {
      const count = { answered, refused };
      answered = 0;
      refused = [];
      return count;
    },
  };
};
