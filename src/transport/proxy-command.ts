import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { type ConnectionSettings, Unreachable } from '../model/transport.ts';
import type { Line } from './line.ts';

/** What is kept of what a command says, for a message. Code units. */
const largestTalk = 2000;
const shownLines = 5;

const endOf = (child: ChildProcess): string =>
  child.signalCode === null ? `exit status ${child.exitCode}` : `signal ${child.signalCode}`;

/**
 * Starts a ProxyCommand by the user's shell, as ssh does; its standard input and output are the line.
 *
 * It is in a process group of its own (Ctrl-C is ours alone), and is ended with the line.
 */
export const startProxyCommand = (settings: ConnectionSettings, command: string): Line => {
  const shell = process.env['SHELL'] || '/bin/sh';
  const child = spawn(shell, ['-c', `exec ${command}`], { stdio: 'pipe', detached: true });
  let talk = '';
  child.stderr.on('data', (chunk: Buffer) => {
    talk = (talk + chunk.toString('utf8')).slice(-largestTalk);
  });
  const socket = Duplex.from({ readable: child.stdout, writable: child.stdin });
  // An end of the line is told by `ended`; a pipe that breaks is part of it.
  for (const stream of [child.stdin, child.stdout, child.stderr, socket]) stream.on('error', () => undefined);
  socket.once('close', () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGHUP');
    } catch {
      // It has ended meanwhile.
    }
  });
  const ended = async (): Promise<Unreachable> => {
    let how: string;
    try {
      await once(child, 'close');
      how = `ended with ${endOf(child)}`;
    } catch (error) {
      how = `cannot be started: ${error instanceof Error ? error.message : String(error)}`;
    }
    const said = talk.trim().split('\n').slice(-shownLines).join('\n');
    const origin = settings.origins?.find((one) => one.startsWith('ProxyCommand'));
    return new Unreachable(
      'connect',
      `the ProxyCommand of ${settings.host} ${how}${said === '' ? '' : `: ${said}`}`,
      `it ran: ${command}${origin === undefined ? '' : ` (${origin})`}`,
    );
  };
  return { socket, ended: ended() };
};
