import { expect, test } from 'vitest';
import type { BecomeFailure } from '../../src/model/transport.ts';
import { becomeCommand } from '../../src/transport/become.ts';
import { createBecomeGate } from '../../src/transport/become-gate.ts';

test.each([undefined, 'secret'])(
  'a sudo that does not stop to print is given up (password: %s)',
  (password) => {
    const failures: BecomeFailure[] = [];
    const gate = createBecomeGate(becomeCommand({ user: 'root', password }), {
      onPrompt() {},
      onPassed() {},
      onRefused: (failure) => failures.push(failure),
    });
    for (let count = 0; count < 10; count += 1) gate.readStderr(Buffer.from('lecture\n'.repeat(1000)));
    expect(failures[0]?.message).toContain('sudo, or what it starts, does not stop to print: lecture');
    expect(failures[0]?.message.length).toBeLessThan(200);
    gate.stop();
  },
);
