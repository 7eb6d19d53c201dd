import type { FactKey, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';

/**
 * Reads what a script prints that asks a server for each key: a line `= NUMBER` of the key, or `= NUMBER none` where nobody can be asked,
 * and then the lines of the answer.
 *
 * @param client  who was asked, for messages: `psql`
 * @param read    an answer, without its empty lines
 * @throws StrangeOutput when an answer is of no key, or a key has none
 */
export const parseNumberedAnswers = <T>(
  output: string,
  keys: readonly FactKey<T>[],
  client: string,
  read: (lines: readonly string[], key: FactKey<T>) => Observed<T>,
): ReadonlyMap<string, Observed<T>> => {
  const values = new Map<string, Observed<T>>();
  const blocks = output.split(/^= (?=\d+(?: none)?$)/m).slice(1);
  for (const block of blocks) {
    const [head = '', ...lines] = block.split('\n').filter((line) => line !== '');
    const key = keys[Number.parseInt(head, 10)];
    if (key === undefined) throw new StrangeOutput(`unexpected answer of ${client}: ${JSON.stringify(head)}`);
    values.set(key.id, head.endsWith(' none') ? 'absent' : read(lines, key));
  }
  if (values.size !== keys.length)
    throw new StrangeOutput(
      `the answers of ${client} are incomplete: ${JSON.stringify(output.slice(0, 200))}`,
    );
  return values;
};
