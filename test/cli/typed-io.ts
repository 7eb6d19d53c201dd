import { PassThrough } from 'node:stream';
import type { Io } from '../../src/cli/io.ts';
import { fakeIo } from './fake-io.ts';

/** A terminal at which somebody types these answers, each once it is asked for. */
export const typedIo = (answers: readonly string[], env: Io['env'] = {}) => {
  const { io, ...written } = fakeIo(env);
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const left = [...answers];
  const { stderr } = io;
  const write = stderr.write.bind(stderr);
  stderr.write = ((text: string) => {
    const answer = /: $/.test(String(text)) ? left.shift() : undefined;
    if (answer !== undefined) setImmediate(() => stdin.write(`${answer}\n`));
    return write(text);
  }) as typeof stderr.write;
  return { io: { ...io, stdin } satisfies Io, ...written, left };
};

/** What is piped to a command. */
export const pipedIo = (input: string | Uint8Array, env: Io['env'] = {}) => {
  const { io, ...written } = fakeIo(env);
  const stdin = new PassThrough();
  stdin.end(input);
  return { io: { ...io, stdin } satisfies Io, ...written };
};
