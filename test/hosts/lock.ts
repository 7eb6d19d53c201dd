import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs `work` while no other process on this machine runs work under the same name.
 *
 * The lock is held by a child, flock(1), that waits for its standard input to close: a process that dies, however
 * it dies, gives the lock back. Where flock is missing (not Linux) the work runs unguarded.
 *
 * @param name  a file name without a slash
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const dir = join(tmpdir(), 'syn-deploy-locks');
  mkdirSync(dir, { recursive: true });
  const child = spawn('flock', [join(dir, name), 'sh', '-c', 'echo held; exec cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').catch(() => undefined);
  await Promise.race([once(child.stdout, 'data').catch(() => undefined), exited]);
  try {
    return await work();
  } finally {
    child.stdin.end();
    await exited;
  }
}
