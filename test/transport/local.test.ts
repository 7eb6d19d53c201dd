import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BecomeFailure } from '../../src/model/transport.ts';
import { connectLocal } from '../../src/transport/local.ts';
import { run } from './run.ts';
import { scratch } from './scratch.ts';

const here = connectLocal();

afterEach(() => vi.unstubAllEnvs());

/** Puts a sudo of ours before the real one. */
const withSudo = (dir: string, password: string): void => {
  copyFileSync(path.join(import.meta.dirname, 'fake-sudo.sh'), path.join(dir, 'sudo'));
  writeFileSync(path.join(dir, 'log'), '');
  vi.stubEnv('PATH', `${dir}:${process.env['PATH'] ?? ''}`);
  vi.stubEnv('FAKE_SUDO_PASSWORD', password);
  vi.stubEnv('FAKE_SUDO_LOG', path.join(dir, 'log'));
};
const logOf = (dir: string): string => readFileSync(path.join(dir, 'log'), 'utf8');

describe('a script on this machine', () => {
  it('gives both outputs and the exit status', async () => {
    expect(await run(here, 'echo out; echo err >&2; exit 3')).toEqual({
      exitStatus: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gives the signal that ended it', async () => {
    expect(await run(here, 'kill -KILL $$')).toMatchObject({ exitStatus: null, signal: 'SIGKILL' });
  });

  it('comes as a stream, and is not seen in an argument list', async () => {
    const script = async function* () {
      yield 'secret_word=1; tr "\\0" " " </proc/$$/cmdline';
      yield '\necho; echo end\n';
    };
    expect((await run(here, script())).stdout).toBe('sh -s \nend\n');
  });

  it('may be longer than any buffer', async () => {
    const line = `${'x'.repeat(9999)}\n`;
    const script = function* () {
      yield "wc -c <<'EOF'\n";
      for (let count = 0; count < 1000; count += 1) yield line;
      yield 'EOF\n';
    };
    expect((await run(here, script())).stdout.trim()).toBe('10000000');
  });

  it('may end before it has read everything', async () => {
    const script = function* () {
      yield 'exit 5\n';
      for (let count = 0; count < 2000; count += 1) yield `# ${'x'.repeat(9999)}\n`;
    };
    expect(await run(here, script())).toMatchObject({ exitStatus: 5 });
  });

  it('fails with what its own text fails with', async () => {
    const script = function* () {
      yield 'sleep 30\n';
      throw new Error('no more text');
    };
    await expect(run(here, script())).rejects.toThrow('no more text');
  });

  it('fails with what a callback fails with', async () => {
    const onStdout = (): void => {
      throw new Error('not understood');
    };
    await expect(
      here.exec({ script: ['echo x; sleep 30'], onStdout, onStderr: () => undefined }),
    ).rejects.toThrow('not understood');
  });

  it('is ended with all it started when it is aborted', async () => {
    using at = scratch();
    const abort = new AbortController();
    const running = here.exec({
      script: [`sh -c 'echo $$; sleep 30; echo survived >${at.path('trace')}'`],
      onStdout: () => abort.abort(new Error('enough')),
      onStderr: () => undefined,
      signal: abort.signal,
    });
    await expect(running).rejects.toThrow('enough');
    await expect(run(here, `cat ${at.path('trace')}`)).resolves.toMatchObject({ exitStatus: 1 });
  });

  it('is not begun when it is aborted before', async () => {
    using at = scratch();
    const running = run(here, `touch ${at.path('trace')}`, undefined, AbortSignal.abort(new Error('no')));
    await expect(running).rejects.toThrow('no');
    expect((await run(here, `ls ${at.dir}`)).stdout).toBe('');
  });
});

describe('becoming another account', () => {
  it('needs no sudo for the account that is there already', async () => {
    using at = scratch();
    withSudo(at.dir, '');
    expect((await run(here, 'id -un', { user: userInfo().username })).stdout).toBe(
      `${userInfo().username}\n`,
    );
    expect(logOf(at.dir)).toBe('');
  });

  it('goes without a password where sudo asks for none', async () => {
    using at = scratch();
    withSudo(at.dir, '');
    expect(await run(here, 'echo $FAKE_USER; echo err >&2; exit 4', { user: 'someone' })).toEqual({
      exitStatus: 4,
      signal: null,
      stdout: 'someone\n',
      stderr: 'err\n',
    });
    expect(logOf(at.dir)).toBe('-n -H -u someone -- sh -s\n');
  });

  it('gives the password when sudo asks, and shows nothing of the talk', async () => {
    using at = scratch();
    withSudo(at.dir, "p 'w$x");
    expect(await run(here, 'echo $FAKE_USER; cat >&2', { user: 'someone', password: "p 'w$x" })).toEqual({
      exitStatus: 0,
      signal: null,
      stdout: 'someone\n',
      stderr: '',
    });
    expect(logOf(at.dir)).not.toContain("p 'w");
  });

  it('does not give the password to the script where sudo does not ask', async () => {
    using at = scratch();
    withSudo(at.dir, '');
    const { stdout, stderr } = await run(here, 'echo $FAKE_USER', { user: 'someone', password: 'secret' });
    expect([stdout, stderr]).toEqual(['someone\n', '']);
  });

  it('is refused at once for a wrong password, and the script never reaches sudo', async () => {
    using at = scratch();
    withSudo(at.dir, 'right');
    const running = run(here, `touch ${at.path('trace')}`, { user: 'someone', password: 'wrong' });
    await expect(running).rejects.toThrow(new BecomeFailure('sudo refused the become password: it is wrong'));
    expect((await run(here, `ls ${at.dir}`)).stdout).toBe('log\nsudo\n');
  });

  it('says what to give where sudo wants a password and none is given', async () => {
    using at = scratch();
    withSudo(at.dir, 'right');
    await expect(run(here, 'true', { user: 'someone' })).rejects.toThrow(
      new BecomeFailure(
        'sudo: a password is required; if it asks for a password, give -K/--ask-become-pass or ansible_become_password',
      ),
    );
  });

  it('passes on why sudo refuses', async () => {
    using at = scratch();
    withSudo(at.dir, '');
    await expect(run(here, 'true', { user: 'nobody-there', password: 'x' })).rejects.toThrow(
      new BecomeFailure('sudo: unknown user nobody-there'),
    );
  });

  it('says so where there is no sudo', async () => {
    using at = scratch();
    vi.stubEnv('PATH', at.dir);
    await expect(run(here, 'true', { user: 'someone' })).rejects.toThrow(
      new BecomeFailure('sudo is not installed on this machine'),
    );
  });

  it('tells a script that fails from a sudo that refuses', async () => {
    using at = scratch();
    withSudo(at.dir, '');
    expect(
      await run(here, 'echo "sudo: a password is required" >&2; exit 1', { user: 'someone' }),
    ).toMatchObject({
      exitStatus: 1,
    });
  });
});
