import { expect, test } from 'vitest';
import { HostResults } from '../../src/engine/host-results.ts';
import type { HostWork } from '../../src/engine/run-options.ts';
import type { Selection } from '../../src/engine/selection.ts';
import type { SystemFact } from '../../src/facts/system.ts';
import { Blocked } from '../../src/model/unknown.ts';

const workOf = (name: string) => ({ host: { name }, plays: [], allPlays: [] }) as unknown as HostWork;

/** What somebody waits for who reads it now. */
const blockedBy = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof Blocked) return error.because;
    throw error;
  }
  throw new Error('there was nothing to wait for');
};

test('who waits for what has been told meanwhile goes on at once', async () => {
  const results = new HostResults([workOf('app'), workOf('db')], {} as Selection, 'check');
  const because = blockedBy(() => results.facts.read('db', 'ansible_system', undefined));
  results.facts.tell('db', { system: 'Linux' } as unknown as SystemFact);
  const answered = results.waits.answered('app', [because], { ofAll: false }).then(() => 'answered');
  // Whatever goes on at once has done so by the next turn of the event loop.
  const turn = new Promise((resolve) => setImmediate(resolve, 'still waiting'));
  expect(await Promise.race([answered, turn])).toBe('answered');
});
