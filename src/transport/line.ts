import type { Duplex } from 'node:stream';
import type { ConnectionSettings, Unreachable } from '../model/transport.ts';

/** A line to a host that is not connected to straight. */
export interface Line {
  readonly socket: Duplex;
  /** Why it ended, once it has, where it knows. Never rejects. */
  readonly ended: Promise<Unreachable | undefined>;
}

/** Opens the line that a host's settings want; undefined: none but a socket. @throws Unreachable; the signal's reason */
export type OpenLine = (
  settings: ConnectionSettings,
  signal: AbortSignal | undefined,
) => Promise<Line | undefined>;
