import { createRequire } from 'node:module';
import type { MessagePort } from 'node:worker_threads';

const binaryHeader = 'age-encryption.org/v1\n';
const armorHeader = '-----BEGIN AGE ENCRYPTED FILE-----';

/** Enough for a header with some 30 recipients. */
const headerLength = 4096;

const beginning = (bytes: Uint8Array): string =>
  new TextDecoder('latin1').decode(bytes.subarray(0, headerLength));

const isArmored = (text: string): boolean => text.trimStart().startsWith(armorHeader);

/** Whether a file or text was encrypted with age, armored or not. */
export const isAge = (bytes: Uint8Array): boolean => {
  const text = beginning(bytes);
  return text.startsWith(binaryHeader) || isArmored(text);
};

export const isArmoredAge = (bytes: Uint8Array): boolean => isArmored(beginning(bytes));

/**
 * For whom it is, as its header says: one line a recipient that begins with an arrow and the recipient's kind.
 *
 * @returns kinds: `X25519`, `scrypt` (a passphrase), …; who they are age does not tell
 * @see https://age-encryption.org/v1, Header
 */
export const recipientKinds = (bytes: Uint8Array): readonly string[] => {
  const text = beginning(bytes);
  const lines = text.trim().split('\n');
  const header = isArmored(text)
    ? Buffer.from(lines.slice(1).join('').replaceAll(/\s/g, ''), 'base64').toString('latin1')
    : text;
  const [stanzas = ''] = header.split('\n---');
  return [...stanzas.matchAll(/^-> (\S+)/gm)].map(([, kind = '']) => kind);
};

/** The library said no: another key, or a file that is not whole. */
export class AgeFailure extends Error {
  override readonly name = 'AgeFailure';
}

interface Requests {
  decrypt: {
    request: {
      readonly file: Uint8Array;
      readonly identities: readonly string[];
      readonly passphrases: readonly string[];
    };
    value: Uint8Array;
  };
  encrypt: {
    request: {
      readonly file: Uint8Array;
      readonly recipients: readonly string[];
      readonly passphrase: string | undefined;
      readonly isArmored: boolean;
    };
    value: Uint8Array;
  };
  generate: { request: undefined; value: { readonly identity: string; readonly recipient: string } };
  recipientOf: { request: { readonly identity: string }; value: string };
}

/** Node takes 5 ms to load them, and hardly anybody needs them. */
const threads = (): typeof import('node:worker_threads') =>
  createRequire(import.meta.url)('node:worker_threads');

/** Its thread is started by the first who needs it, and holds up no end of the program. */
let started: MessagePort | undefined;

const start = (): MessagePort => {
  const { MessageChannel, Worker } = threads();
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./age-worker.mjs', import.meta.url), {
    workerData: { port: port2 },
    transferList: [port2],
    // What the program itself was started with (a loader of TypeScript, a profile) is nothing to it.
    execArgv: [],
  });
  worker.unref();
  port1.unref();
  return port1;
};

/** Passphrases are made slow to try: a file may want many seconds. Only ends what would never end. */
const longestMs = 600_000;

/** Does it in age's own thread, and waits for it. @throws AgeFailure */
export const askAge = <Name extends keyof Requests>(
  name: Name,
  request: Requests[Name]['request'],
): Requests[Name]['value'] => {
  started ??= start();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  started.postMessage({ signal, name, request });
  Atomics.wait(signal, 0, 0, longestMs);
  const answer: { value: Requests[Name]['value'] } | { error: string } | undefined =
    threads().receiveMessageOnPort(started)?.message;
  if (answer === undefined) throw new Error('the thread that knows age does not answer');
  if ('error' in answer) throw new AgeFailure(answer.error);
  return answer.value;
};
