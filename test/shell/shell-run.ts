import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { vi } from 'vitest';

/** A shell that is fed a script, as a host's is; its standard input stays open until `close` or `kill`. */
export class ShellRun {
  readonly #child: ChildProcessWithoutNullStreams;
  stdout = '';
  stderr = '';

  constructor(script: Iterable<string>, home: string) {
    this.#child = spawn('sh', ['-s'], { env: { HOME: home, PATH: process.env['PATH'] ?? '' } });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString('latin1');
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString('latin1');
    });
    this.#child.stdin.on('error', () => {});
    for (const piece of script) this.write(piece);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** The line is gone: nothing more is read or written. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** It is asked to end. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Ends its standard input. @returns when it has ended */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.ended();
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Resolves when a text was printed. */
  async says(text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    await vi.waitUntil(() => this[stream].includes(text), { timeout: 30_000, interval: 5 });
  }
}
