import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

test('who reads the output may stop reading: the command comes to its end without a word', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/bin.ts', 'modules', 'apt'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Long before anything is written.
  child.stdout.destroy();
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(said).toBe('');
  expect(status).toBe(0);
});
