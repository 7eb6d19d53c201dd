import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Lock, takeLock } from '../../src/shell/lock.ts';
import { renderScript } from '../../src/shell/script.ts';
import { rawSh } from '../../src/shell/sh.ts';
import { renderAttach, renderWave, waveBetween, waveEnd, waveGuard } from '../../src/shell/wave.ts';
import { ShellRun } from './shell-run.ts';

let home: string;
let shells: ShellRun[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-deploy-wave-'));
  shells = [];
});

afterEach(async () => {
  for (const shell of shells) shell.kill();
  await Promise.all(shells.map((shell) => shell.ended()));
  rmSync(home, { recursive: true });
});

const folder = rawSh('"$HOME"/run');
const lockOf = (run: string): Lock => ({
  ...{ folder, run, host: '1111', holder: 'ann', timeoutS: 0, isHeld: false },
});

const waveOf = (steps: readonly string[], name = 'w1', run = 'aaaa', nonce = 'in'): string => {
  const inner = [
    ...renderScript(
      nonce,
      steps.map((text, index) => ({ index, sh: rawSh(text) })),
      [],
      waveGuard(2 ** 20),
      waveBetween,
    ),
    `${waveEnd.sh}\n`,
  ];
  return [...renderWave({ nonce: 'out', folder, name }, takeLock(lockOf(run)), inner)].join('');
};

const start = (text: string): ShellRun => {
  const shell = new ShellRun([text], home);
  shells.push(shell);
  return shell;
};

/** What came behind the mark from which on a stream is the wave's own. */
const relayed = (text: string): string => text.split('\x1eout relay\n')[1] ?? '';

const attach = (first: ShellRun): ShellRun =>
  start(
    renderAttach(
      { nonce: 'out', folder, name: 'w1' },
      { stdout: relayed(first.stdout).length, stderr: relayed(first.stderr).length },
    ),
  );

test('hands on both streams, and is gone when it is let go', async () => {
  const shell = start(waveOf(['echo one; echo oops >&2', 'echo two']));
  await shell.says('\x1ein done');
  await shell.says('\x1ein done', 'stderr');
  expect(relayed(shell.stdout)).toBe(
    '\x1ein start 0\none\n\x1ein end 0 0\n\x1ein start 1\ntwo\n\x1ein end 1 0\n\x1ein done\n',
  );
  expect(relayed(shell.stderr)).toContain('oops\n');
  shell.write('bye\n');
  // And the same shell takes what comes next.
  shell.write('echo next\n');
  await shell.says('next');
  expect(readdirSync(join(home, 'run')).sort()).toEqual(['holder', 'lock']);
  await shell.close();
});

test('goes on when its listener is gone, and is picked up at the byte', async () => {
  const gate = join(home, 'gate');
  const waits = (word: string): string =>
    `echo before ${word}; while [ ! -e ${gate}.${word} ]; do sleep 0.05; done; echo after ${word}; echo ${word} >&2`;
  const shell = start(waveOf([waits('a'), waits('b'), waits('c')]));
  await shell.says('before a');
  const open = (word: string): void => {
    rmSync(`${gate}.${word}`, { force: true });
    start(`: >${gate}.${word}\n`);
  };
  open('a');
  await shell.says('before b');
  shell.kill();
  await shell.ended();
  open('b');
  const second = attach(shell);
  await second.says('before c');
  second.kill();
  await second.ended();
  open('c');
  const all = (): string => relayed(shell.stdout) + relayed(second.stdout);
  const third = start(
    renderAttach(
      { nonce: 'out', folder, name: 'w1' },
      {
        stdout: all().length,
        stderr: (relayed(shell.stderr) + relayed(second.stderr)).length,
      },
    ),
  );
  await third.says('\x1ein done');
  await third.says('\x1ein done', 'stderr');
  const words = (text: string): readonly string[] =>
    text.split('\n').filter((line) => /^(?:before|after|[abc]$)/.test(line));
  expect(words(all() + relayed(third.stdout))).toEqual([
    'before a',
    'after a',
    'before b',
    'after b',
    'before c',
    'after c',
  ]);
  expect(words(relayed(shell.stderr) + relayed(second.stderr) + relayed(third.stderr))).toEqual([
    'a',
    'b',
    'c',
  ]);
  third.write('bye\n');
  await third.close();
  expect(existsSync(join(home, 'run/wave.w1'))).toBe(false);
});

test('holds the lock while it runs without a listener, and gives way when it is done', async () => {
  const gate = join(home, 'gate');
  const shell = start(waveOf([`echo begun; while [ ! -e ${gate} ]; do sleep 0.05; done`]));
  await shell.says('begun');
  shell.kill();
  await shell.ended();
  const other = start(waveOf(['echo other'], 'w2', 'bbbb'));
  await other.says('refused');
  expect(other.stdout).not.toContain('other\n');
  start(`: >${gate}\n`);
  const done = start(`while [ ! -e ${home}/run/wave.w1/done ]; do sleep 0.05; done; echo is done\n`);
  await done.says('is done');
  const third = start(waveOf(['echo third'], 'w3', 'bbbb'));
  await third.says('third\n');
});

test('is stopped between two steps', async () => {
  const gate = join(home, 'gate');
  const shell = start(
    waveOf([`echo begun; while [ ! -e ${gate} ]; do sleep 0.05; done; echo ended`, 'echo never']),
  );
  await shell.says('begun');
  shell.write('stop\n');
  const stopped = start(`while [ ! -e ${home}/run/wave.w1/stop ]; do sleep 0.05; done; : >${gate}\n`);
  await stopped.close();
  await shell.says('\x1ein done');
  expect(shell.stdout).toContain('ended\n');
  expect(shell.stdout).not.toContain('never');
});

test.each(['its word', 'the signal that ends its shell'])('is ended at once by %s', async (how) => {
  const shell = start(waveOf(['echo begun $$; sleep 1000']));
  await shell.says('begun');
  const pid = Number(readFileSync(join(home, 'run/wave.w1/pid'), 'utf8'));
  if (how === 'its word') shell.write('end\n');
  else process.kill(shell.pid, 'SIGTERM');
  const ended = start(`while kill -0 ${pid} 2>/dev/null; do sleep 0.05; done; echo is ended\n`);
  await ended.says('is ended');
  const other = start(waveOf(['echo other'], 'w2', 'bbbb'));
  if (how === 'its word') await shell.close();
  else await shell.ended();
  const third = start(waveOf(['echo third'], 'w3', 'cccc'));
  await Promise.race([third.says('third\n'), other.says('other\n')]);
});

test('that was cut off before its end does nothing', async () => {
  const text = waveOf([`: >${home}/touched; echo "it's"`, 'cat <<E\nsome\nE']);
  const points = Array.from({ length: 60 }, (_, index) => Math.floor((index * text.length) / 60));
  // The last bytes matter most: the end of the `if`, and what is behind it.
  for (const point of [...points, ...Array.from({ length: 5 }, (_, index) => text.length - 2 - index)]) {
    const shell = start(text.slice(0, point));
    await shell.close();
    expect([point, existsSync(join(home, 'touched'))]).toEqual([point, false]);
  }
  const shell = start(text);
  await shell.says('\x1ein done');
  expect(existsSync(join(home, 'touched'))).toBe(true);
});

test('that is not there is said to be gone', async () => {
  const shell = start(renderAttach({ nonce: 'out', folder, name: 'w1' }, { stdout: 0, stderr: 0 }));
  await shell.says('done');
  expect(shell.stdout).toBe('\x1eout gone\n\x1eout done\n');
});

test('for which there is no room is not begun', async () => {
  const text = waveOf([`: >${home}/touched`]).replace(
    'mkdir "$syn_wave"',
    '{ echo "No space left" >&2; false; }',
  );
  const shell = start(text);
  await shell.says('done');
  expect(shell.stdout).toContain('\x1eout unwritten No space left');
  expect(existsSync(join(home, 'touched'))).toBe(false);
});

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a command that does not stop to print is ended on the host, also when nobody is there to see it', async () => {
  const shell = start(waveOf(['yes', 'echo never']));
  await shell.says('start 0\ny\n');
  shell.kill();
  const file = (name: string): string => join(home, 'run/wave.w1', name);
  const pid = Number(readFileSync(file('pid'), 'utf8'));
  await vi.waitUntil(() => !isThere(pid), { timeout: 50_000, interval: 20 });
  const size = statSync(file('out')).size;
  // What it has printed until it was seen is more, but of no other order.
  expect(size).toBeGreaterThanOrEqual(2 ** 20);
  expect(size).toBeLessThan(2 ** 30);
  expect(readFileSync(file('out'), 'latin1')).not.toContain('never');
});

test.each(['a word', 'a signal'])('ended by %s, it leaves nothing of what it printed', async (by) => {
  // It goes on to print for a moment, as what has much to write does.
  const shell = start(waveOf(["trap 'sleep 0.5; exit 1' TERM; while :; do echo y; done"]));
  await shell.says('start 0\ny\n');
  const pid = Number(readFileSync(join(home, 'run/wave.w1/pid'), 'utf8'));
  if (by === 'a word') shell.write('end\n');
  else shell.terminate();
  await vi.waitUntil(() => !existsSync(join(home, 'run/wave.w1')), { timeout: 50_000, interval: 20 });
  expect(isThere(-pid)).toBe(false);
  await shell.close();
});

test('a command that ignores the request to end is killed', async () => {
  const shell = start(waveOf(["trap '' TERM; while :; do echo y; done"]));
  await shell.says('start 0\ny\n');
  shell.kill();
  const pid = Number(readFileSync(join(home, 'run/wave.w1/pid'), 'utf8'));
  await vi.waitUntil(() => !isThere(-pid), { timeout: 50_000, interval: 20 });
  expect(statSync(join(home, 'run/wave.w1/out')).size).toBeLessThan(2 ** 32);
});

test('what a look prints is not counted, and nothing of the watch is left', async () => {
  const text = [
    ...renderScript(
      'in',
      [{ index: 0, sh: rawSh('echo one') }],
      [{ kind: 'a', sh: rawSh('head -c 3000000 /dev/zero | tr "\\0" x') }],
      waveGuard(2 ** 20),
      waveBetween,
    ),
    `${waveEnd.sh}\n`,
  ];
  const shell = start(
    [...renderWave({ nonce: 'out', folder, name: 'w1' }, takeLock(lockOf('aaaa')), text)].join(''),
  );
  await shell.says('\x1ein done');
  await shell.says('\x1ein done', 'stderr');
  expect(relayed(shell.stdout).length).toBeGreaterThan(3_000_000);
  const pid = Number(readFileSync(join(home, 'run/wave.w1/pid'), 'utf8'));
  shell.write('bye\n');
  await vi.waitUntil(() => !isThere(pid), { timeout: 50_000, interval: 20 });
  await shell.close();
});

test('what runs in a wave finds no nonce in arguments, environments or variables', async () => {
  const snoop = 'env; set; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || :';
  const shell = start(waveOf([snoop], 'w1', 'aaaa', 'nonce-4711'));
  await shell.says('\x1enonce-4711 done');
  const said = relayed(shell.stdout).replaceAll('\x1enonce-4711 ', '');
  expect(said).toContain('PATH=');
  expect(said).not.toContain('nonce-4711');
});
