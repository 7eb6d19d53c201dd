import type { Readable, Writable } from 'node:stream';
import type { ExecResult } from '../model/transport.ts';

/** A started command: a child process here, or a channel to a host. */
export interface ShellProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The command itself ended. What it had printed may still be under way. Never rejects. */
  readonly exited: Promise<void>;
  /**
   * It ended and both outputs are closed.
   * Rejects with Unreachable when the line is lost before.
   */
  readonly closed: Promise<ExecResult>;
  /** Asks it to end (SIGTERM), and lets go of it. */
  end(): void;
  /** Closes the pipes after it has ended; what it left running goes on. */
  release(): void;
}
