import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrokenScript } from '../../src/engine/broken-script.ts';
import {
  type ExchangeOptions,
  exchange,
  Locked,
  type SentAction,
  TimedOut,
} from '../../src/engine/exchange.ts';
import { Line } from '../../src/engine/line.ts';
import { WantedFacts } from '../../src/engine/observe.ts';
import { type FactKind, StrangeOutput } from '../../src/model/fact.ts';
import { rawSh, sh } from '../../src/shell/sh.ts';
import { connectLocal } from '../../src/transport/local.ts';

const listener = { started() {}, printed() {}, ended() {}, observing() {}, locked() {} };

const sent = (text: string): SentAction<null> => ({
  task: null,
  identity: {},
  action: { kind: 'test', summary: `run ${text}`, changes: [], sh: rawSh(text), predicts: [] },
});

/** A kind of facts whose look is the text, and whose answer has to be `fine`. */
const kindOf = (text: string): FactKind => ({
  kind: 'thing',
  script: () => rawSh(text),
  parse(output, keys) {
    if (output !== 'fine\n')
      throw new StrangeOutput(`unexpected thing: ${JSON.stringify(output.slice(0, 20))}`);
    return new Map(keys.map(({ id }) => [id, 'absent']));
  },
});

const run = async (actions: readonly string[], look: string, more: Partial<ExchangeOptions> = {}) => {
  await using line = await Line.open({
    ...{ connect: async () => connectLocal(), sleep: async () => {}, now: () => new Date(), patienceMs: 0 },
    onLost() {},
  });
  const wanted = new WantedFacts(new Map([['thing', kindOf(look)]]));
  wanted.add(['/a', '/b', '/c', '/d', '/e'].map((id) => ({ kind: 'thing', id })));
  return await exchange(line, actions.map(sent), wanted, listener, {
    ...{ become: undefined, stop: undefined, lock: undefined, signal: undefined, timeoutMs: 60_000 },
    ...{ nonce: () => randomBytes(16).toString('hex'), now: () => new Date() },
    ...more,
  });
};

/** How it failed. */
const failure = async (...given: Parameters<typeof run>): Promise<unknown> => {
  try {
    await run(...given);
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
};

test('a look that does not stop to print is cut off, and so is a command', async () => {
  expect(await failure([], 'yes')).toEqual(
    new BrokenScript('the look, at thing facts, printed more than 64 MiB, and was ended'),
  );
  expect(await failure(['yes'], 'echo fine')).toEqual(
    new BrokenScript('"run yes" printed more than 64 MiB, and was ended'),
  );
});

test('a look that says nothing for too long is ended and named; one that goes on to speak is not', async () => {
  const silenceMs = 1000;
  const error = await failure([], 'sleep 1000', { silenceMs });
  expect(error).toBeInstanceOf(TimedOut);
  expect((error as Error).message).toBe(
    'nothing was heard for 1 s of the look at thing facts (/a, /b, /c, and 2 more); is it something that has no end, or a file system that hangs?',
  );
  const slow = await run([], 'for c in f i n e; do sleep 0.4; printf %s $c; done; echo', { silenceMs });
  expect(slow.observation.get('thing:/a')).toBe('absent');
});

test('a look behind an action is ended too, and an action may be silent', async () => {
  expect(await failure(['sleep 2'], 'sleep 1000', { silenceMs: 1000 })).toBeInstanceOf(TimedOut);
});

test('a look that goes on and on has an end', async () => {
  const look = 'while :; do echo x; sleep 0.05; done';
  expect(await failure([], look, { timeoutMs: 2000 })).toEqual(
    new TimedOut('the look has no end after 2 s; it was at thing facts (/a, /b, /c, and 2 more)'),
  );
});

test('an action that takes too long is ended, and the option named that says how long', async () => {
  const error = await failure(['true', 'sleep 100'], 'echo fine', { timeoutMs: 5000 });
  expect(error).toEqual(new TimedOut('ended after 5 s (--task-timeout)'));
});

test('where no lock can be had, it is told where it lies and what to do', async () => {
  const lock = {
    ...{ folder: sh`/dev/null/run`, run: 'cccc', host: 'dddd', holder: 'me', timeoutS: 0, isHeld: false },
  };
  const error = await failure(['true'], 'echo fine', { lock });
  expect(error).toBeInstanceOf(Locked);
  expect((error as Error).message).toMatch(
    /^it cannot be made sure that no other run changes this host: mkdir: .*\/dev\/null.*\nthe lock lies in ~\/\.local\/state\/syn-deploy .* become root$/,
  );
});

test('of another machine that is locked it is told which', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'syn-deploy-exchange-'));
  writeFileSync(join(folder, 'holder'), 'aaaa bbbb 1 me@there, process 1, since 2026-11-27 08:04 UTC\n');
  const holds = spawn('flock', [join(folder, 'lock'), 'sh', '-c', 'echo held; exec cat']);
  await once(holds.stdout, 'data');
  const lock = {
    ...{ folder: sh`${folder}`, run: 'cccc', host: 'dddd', holder: 'me', timeoutS: 0, isHeld: false },
  };
  const refused = 'another run has localhost: me@there, process 1, since 2026-11-27 08:04 UTC';
  expect(await failure(['true'], 'echo fine', { lock, on: 'localhost' })).toEqual(new Locked(refused));
  holds.stdin.end();
  await once(holds, 'close');
  rmSync(folder, { recursive: true });
});

test('an answer that makes no sense fails the host, and is quoted', async () => {
  expect(await failure([], 'echo nonsense')).toEqual(
    new BrokenScript(
      'the host\'s answer to the look at thing facts makes no sense: unexpected thing: "nonsense\\n"',
    ),
  );
  expect(await failure([], "printf 'fine\\0\\n'")).toBeInstanceOf(BrokenScript);
});

test('what runs cannot read the nonce where programs can look: arguments, environments, variables', async () => {
  const nonces: string[] = [];
  const nonce = () => {
    nonces.push(randomBytes(16).toString('hex'));
    return nonces.at(-1) ?? '';
  };
  const snoop = `env; set; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || :`;
  const { outcomes } = await run([snoop], 'echo fine', { nonce });
  expect(outcomes[0]?.stdout).toContain('PATH=');
  for (const one of nonces) expect(outcomes[0]?.stdout).not.toContain(one);
});
