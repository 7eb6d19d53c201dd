import { expect, test } from 'vitest';
import type { Connection } from '../../src/model/transport.ts';
import { connectLocal } from '../../src/transport/local.ts';

/** Runs a script that says at its end that it is over. */
const runKept = async (connection: Connection, script: string, signal?: AbortSignal) => {
  let said = '';
  const result = await connection.exec({
    script: [`${script}\necho over\n`],
    onStdout: (chunk) => {
      said += new TextDecoder().decode(chunk);
    },
    onStderr: () => {},
    isOver: () => said.endsWith('over\n'),
    signal,
  });
  return { said: said.replace(/over\n$/, '').trim(), ...result };
};

test('the next script runs in the shell of the one before', async () => {
  await using connection = connectLocal();
  const first = await runKept(connection, 'echo $$');
  const second = await runKept(connection, 'echo $$');
  expect(first.exitStatus).toBe(0);
  expect(second.said).toBe(first.said);
});

test('a script without an end of its own ends the shell it runs in, and has its exit status', async () => {
  await using connection = connectLocal();
  const { said } = await runKept(connection, 'echo $$');
  let other = '';
  const { exitStatus } = await connection.exec({
    script: ['echo $$; exit 3\n'],
    onStdout: (chunk) => {
      other += new TextDecoder().decode(chunk);
    },
    onStderr: () => {},
  });
  expect(exitStatus).toBe(3);
  expect(other.trim()).toBe(said);
  expect((await runKept(connection, 'echo $$')).said).not.toBe(said);
});

test('a shell that has ended is not used again', async () => {
  await using connection = connectLocal();
  const first = await runKept(connection, 'echo $$; (sleep 0.1; kill -s KILL $$) &');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const second = await runKept(connection, 'echo $$');
  expect(second.exitStatus).toBe(0);
  expect(second.said).not.toBe(first.said);
});

test('a script that is aborted takes its shell with it', async () => {
  await using connection = connectLocal();
  const first = await runKept(connection, 'echo $$');
  await expect(runKept(connection, 'sleep 60', AbortSignal.timeout(100))).rejects.toThrow();
  const next = await runKept(connection, 'echo $$');
  expect(next.said).not.toBe(first.said);
});

test('a long script comes through whole, after a short one', async () => {
  await using connection = connectLocal();
  await runKept(connection, ':');
  const lines = Array.from({ length: 40_000 }, (_, index) => `n=$((n + ${index % 7}))`).join('\n');
  const { said } = await runKept(connection, `n=0\n${lines}\necho $n`);
  expect(Number(said)).toBe(Array.from({ length: 40_000 }, (_, index) => index % 7).reduce((a, b) => a + b));
});

test('a shell takes any number of scripts without a warning', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', note);
  try {
    await using connection = connectLocal();
    for (let count = 0; count < 15; count += 1) await runKept(connection, 'echo $$');
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', note);
  }
  expect(warnings).toEqual([]);
});
