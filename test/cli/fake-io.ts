import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';

/** The world as the command line sees it, without a terminal; what is written is kept. */
export const fakeIo = (env: Io['env'] = {}) => {
  const written = { stdout: '', stderr: '' };
  const keep = (name: keyof typeof written): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const io: Io = {
    stdin: Readable.from([]),
    stdout: keep('stdout'),
    stderr: keep('stderr'),
    env,
    onInterrupt: () => () => {},
  };
  return { io, stdout: () => written.stdout, stderr: () => written.stderr };
};
