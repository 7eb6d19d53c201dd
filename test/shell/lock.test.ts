import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lock, takeLock } from '../../src/shell/lock.ts';
import { renderScript } from '../../src/shell/script.ts';
import { rawSh, sh } from '../../src/shell/sh.ts';
import { ShellRun } from './shell-run.ts';

let home: string;
let shells: ShellRun[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syn-deploy-lock-'));
  shells = [];
});

afterEach(async () => {
  for (const shell of shells) shell.kill();
  await Promise.all(shells.map((shell) => shell.ended()));
  rmSync(home, { recursive: true });
});

const lockOf = (changed: Partial<Lock> = {}): Lock => ({
  folder: rawSh('"$HOME"/run'),
  run: 'aaaa',
  host: '1111',
  holder: "ann@home, it's me",
  timeoutS: 0,
  isHeld: false,
  ...changed,
});

/** A script that says a word when it may; its shell stays. */
const start = (lock: Lock, word = 'mine'): ShellRun => {
  const steps = [{ index: 0, sh: sh`echo ${word}` }];
  const shell = new ShellRun(renderScript('n', steps, [], takeLock(lock)), home);
  shells.push(shell);
  return shell;
};

const marks = ({ stdout }: ShellRun): readonly string[] =>
  stdout.split('\n').flatMap((line) => line.split('\x1en ')[1] ?? []);

test('is taken once a shell, and held until that ends', async () => {
  const first = start(lockOf());
  await first.says('done');
  const second = start(lockOf({ run: 'bbbb' }));
  await second.says('done');
  expect(marks(second)).toEqual(["refused ann@home, it's me", 'done']);
  expect(second.stdout).not.toContain('mine');
  await first.close();
  const third = start(lockOf({ run: 'cccc' }));
  await third.says('done');
  expect(marks(third)).toEqual(['start 0', 'end 0 0', 'done']);
});

test('is waited for', async () => {
  const first = start(lockOf());
  await first.says('done');
  const second = start(lockOf({ run: 'bbbb', timeoutS: 60 }));
  await second.says('locked');
  await first.close();
  await second.says('done');
  expect(marks(second)).toEqual(["locked ann@home, it's me", 'free', 'start 0', 'end 0 0', 'done']);
});

test('is free when whoever had it was killed', async () => {
  const first = start(lockOf());
  await first.says('done');
  first.kill();
  await first.ended();
  const second = start(lockOf({ run: 'bbbb' }));
  await second.says('done');
  expect(marks(second)).toEqual(['start 0', 'end 0 0', 'done']);
});

test('is not held by what a step leaves running', async () => {
  const steps = [{ index: 0, sh: rawSh('sleep 1000 >/dev/null 2>&1 & echo $!') }];
  const first = new ShellRun(renderScript('n', steps, [], takeLock(lockOf())), home);
  await first.says('done');
  await first.close();
  const second = start(lockOf({ run: 'bbbb' }));
  await second.says('done');
  expect(second.stdout).toContain('mine');
  process.kill(Number(/^\d+$/m.exec(first.stdout)?.[0]));
});

test('is shared by the names that one machine has in a run', async () => {
  const first = start(lockOf());
  await first.says('done');
  const second = start(lockOf({ host: '2222' }));
  await second.says('done');
  expect(second.stdout).toContain('mine');
});

test('is taken from a shell of our own that hangs on a lost line', async () => {
  const first = start(lockOf());
  await first.says('done');
  const second = start(lockOf());
  await second.says('done');
  await first.ended();
  expect(second.stdout).toContain('mine');
  const third = start(lockOf({ run: 'bbbb' }));
  await third.says('refused');
});

test('that was lost meanwhile makes what was seen stale', async () => {
  const first = start(lockOf({ isHeld: true }));
  await first.says('done');
  expect(marks(first)).toEqual(['stale', 'done']);
  // And is held now.
  first.write(
    [...renderScript('m', [{ index: 0, sh: sh`echo later` }], [], takeLock(lockOf({ isHeld: true })))].join(
      '',
    ),
  );
  await first.says('\x1em done');
  expect(first.stdout).toContain('later');
});

test('cannot be had where nothing can be written, and that is said', async () => {
  mkdirSync(join(home, 'run/lock'), { recursive: true });
  const shell = start(lockOf());
  await shell.says('done');
  expect(marks(shell)[0]).toMatch(/^unlockable .*run\/lock/);
  expect(shell.stdout).not.toContain('mine');
});

test('says who has it in a file that others cannot read', async () => {
  const shell = start(lockOf());
  await shell.says('done');
  expect(readFileSync(join(home, 'run/holder'), 'utf8')).toBe(`aaaa 1111 ${shell.pid} ann@home, it's me\n`);
  expect(readdirSync(home, { withFileTypes: true }).length).toBe(1);
  const mode = new ShellRun(['stat -c %a "$HOME"/run\n'], home);
  await mode.close();
  expect(mode.stdout).toBe('700\n');
});
