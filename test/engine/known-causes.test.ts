import { expect, test } from 'vitest';
import { knownCause } from '../../src/engine/known-causes.ts';
import type { Action } from '../../src/model/action.ts';
import { sh } from '../../src/shell/sh.ts';

const action = (kind: string): Action => ({
  kind,
  summary: 'do it',
  changes: [],
  sh: sh`false`,
  predicts: [],
});

const failed = (stderr: string) => ({
  exitStatus: 1,
  stdout: '',
  stderr,
  startedAt: new Date(0),
  durationMs: 0,
});

const admin = { account: 'admin', isLogin: true };
const root = { account: 'root', isLogin: false };

test.each([
  ['E: Unable to locate package htopp\n', 'there is no package "htopp" in the package lists of the host'],
  [
    "E: Package 'awk' has no installation candidate\n",
    'there is no package "awk" in the package lists of the host',
  ],
  ['chown: invalid user: ‘nobodyhere’\n', 'there is no user "nobodyhere" on the host'],
  ["chgrp: invalid group: 'nogroups'\n", 'there is no group "nogroups" on the host'],
  ['line 1: bad\nvalidate refused it: visudo -cf %s\n', 'refused by validate: visudo -cf %s'],
  [
    "mv: cannot move './.hosts.syn-sK1UeR' to './hosts': Device or resource busy\n",
    'a mount of its own lies there, as on /etc/hosts in a container, and cannot be replaced',
  ],
  ['printf: write error: No space left on device\n', 'the disk is full'],
  ['sh: 7: printf: printf: I/O error\n', 'it could not be written to its end: most likely the disk is full'],
  ["mkdir: cannot create directory './a': Read-only file system\n", 'the file system is read-only'],
])('%j', (stderr, cause) => {
  const kind = stderr.startsWith('E: ') ? 'apt-install' : 'write-file';
  expect(knownCause(action(kind), failed(stderr), root)?.cause).toBe(cause);
});

test.each([
  ['  Process: 7 ExecStart=/x (code=exited, status=3)\n', 'its program ended with exit status 3'],
  [
    '  Process: 7 ExecStart=/x (code=exited, status=203/EXEC)\n',
    'the program of its ExecStart= cannot be run (203/EXEC)',
  ],
  ['  Main PID: 7 (code=killed, signal=SEGV)\n', 'its program ended by SEGV'],
  [
    '  Process: 6 ExecStartPre=/y (code=exited, status=0/SUCCESS)\n  Process: 7 ExecStart=/x (code=exited, status=3)\n',
    'its program ended with exit status 3',
  ],
  ['web[7]: cannot watch: No space left on device\n', undefined],
])('of a unit: %j', (stderr, cause) => {
  expect(knownCause(action('start-units'), failed(stderr), root)?.cause).toBe(cause);
});

test('a line that says no more than the cause is not told again', () => {
  const said = failed('x: syntax error\nvalidate refused it: visudo -cf %s\n');
  expect(knownCause(action('write-file'), said, root)?.rest).toBe('x: syntax error\n');
  const place = failed("mkdir: cannot create directory './a': Read-only file system\n");
  expect(knownCause(action('make-directory'), place, root)?.rest).toBe(place.stderr);
});

test("what a package's script complains of is not why apt failed", () => {
  const said = failed(
    'sysctl: setting key "x": Read-only file system\nE: Sub-process dpkg returned an error code (1)\n',
  );
  expect(knownCause(action('apt-install'), said, root)).toBeUndefined();
});

test('who may not do something is told whose account that is, and whether become was said', () => {
  const said = failed("mkdir: cannot create directory './a': Permission denied\n");
  const of = (actor: typeof admin | undefined) => knownCause(action('make-directory'), said, actor)?.cause;
  expect(of(admin)).toBe('admin may not do that, and the task has no become');
  expect(of({ account: 'postgres', isLogin: false })).toBe('postgres may not do that');
  expect(of(root)).toBeUndefined();
  expect(of(undefined)).toBeUndefined();
});

test("what somebody's own command says is left to them", () => {
  for (const kind of ['run-command', 'git-checkout', 'run-mysql', 'start-job'])
    expect(knownCause(action(kind), failed('x: Permission denied\n'), admin)).toBeUndefined();
});
