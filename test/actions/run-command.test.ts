import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { commandSh, type UserCommand } from '../../src/actions/run-command.ts';

/** As the engine runs an action: under `set -e`, with nothing to read, more script behind it. */
const run = (command: UserCommand) => {
  const { stdout, stderr } = spawnSync('sh', ['-s'], {
    input: `( set -e\n${commandSh(command).sh}\n) </dev/null\nprintf '[%s]' $?\n`,
    encoding: 'utf8',
  });
  const [, said, status] = /^([\s\S]*)\[(\d+)\]$/.exec(stdout) ?? [];
  return { stdout: said, status: Number(status), stderr };
};

const words = (...list: readonly string[]): UserCommand => ({ run: { words: list, expand: false } });
const text = (script: string): UserCommand => ({ run: { text: script, executable: '/bin/sh' } });

describe('a program', () => {
  test('gets its words as they are', () => {
    const strange = ['a  b', "it's", '$(x)', '*', '', '-n', 'a\nb', 'ü'];
    expect(run(words('printf', '%s|', ...strange)).stdout).toBe(`${strange.join('|')}|`);
  });

  test('is the program of that name and not what sh has built in', () => {
    // dash's own echo prints "-e"; the program does not.
    expect(run(words('echo', '-e', 'x')).stdout).toBe('x\n');
  });

  test('gives its status', () => {
    expect(run(words('false')).status).toBe(1);
    expect(run(words('syn-deploy-no-such-program'))).toMatchObject({ status: 127 });
  });

  test('reads what it is fed, and else nothing', () => {
    expect(run({ ...words('cat'), stdin: "a'b\n" }).stdout).toBe("a'b\n");
    expect(run(words('cat')).stdout).toBe('');
  });

  test('runs in its folder, or not at all', () => {
    expect(run({ ...words('pwd'), chdir: '/usr' }).stdout).toBe('/usr\n');
    expect(run({ ...words('pwd'), chdir: '/no/such/folder' })).toMatchObject({ stdout: '', status: 1 });
  });
});

describe('a text for a shell', () => {
  test('may hold anything that sh can read', () => {
    expect(run(text("cat <<EOF\n$((1 + 1)) 'x'\nEOF\nexit 3"))).toMatchObject({
      stdout: "2 'x'\n",
      status: 3,
    });
    expect(run(text('# nothing'))).toMatchObject({ stdout: '', status: 0 });
    expect(run(text('echo a \\'))).toMatchObject({ status: 0 });
  });

  test('goes on after a command that fails, as any script without set -e', () => {
    expect(run(text('false; echo on'))).toMatchObject({ stdout: 'on\n', status: 0 });
  });

  test('with a mistake in it runs nothing, and harms nothing behind it', () => {
    const outcome = run(text('echo before; } ; if'));
    expect(outcome.stdout).toBe('');
    expect(outcome.status).not.toBe(0);
  });

  test('reads what it is fed, and else nothing', () => {
    expect(run({ ...text('read x; echo "<$x>"; cat'), stdin: 'a\nb\n' }).stdout).toBe('<a>\nb\n');
    expect(run(text('cat; echo end')).stdout).toBe('end\n');
  });

  test('stands in no argument list', () => {
    expect(run(text('tr "\\0" " " </proc/$$/cmdline')).stdout).toBe('/bin/sh -s ');
  });

  test('is an argument for what is no shell', () => {
    expect(commandSh({ run: { text: 'print(1)', executable: 'python3' } }).sh).toContain(
      "exec python3 -c 'print(1)'",
    );
  });
});
