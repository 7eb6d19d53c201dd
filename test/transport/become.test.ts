import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { BecomeFailure } from '../../src/model/transport.ts';
import { becomeCommand, renderCommandLine, stopScript } from '../../src/transport/become.ts';

describe('the command that becomes another account', () => {
  it('is the same for every script when sudo need not ask', () => {
    expect(renderCommandLine(becomeCommand({ user: 'root' }).words)).toBe('sudo -n -H -u root -- sh -s');
  });

  it('asks with a word of our own, and forgets what sudo remembers, when there is a password', () => {
    const { words, prompt } = becomeCommand({ user: 'postgres', password: 'secret' }, 'abc');
    expect(words.slice(0, 9)).toEqual(['sudo', '-S', '-k', '-p', prompt, '-H', '-u', 'postgres', '--']);
    expect(words.join(' ')).not.toContain('secret');
  });

  it('is another one for every script where somebody could answer for sudo', () => {
    const [one, two] = [
      becomeCommand({ user: 'root', password: 'x' }),
      becomeCommand({ user: 'root', password: 'x' }),
    ];
    expect(one.prompt).not.toBe(two.prompt);
    expect(one.ready).not.toBe(two.ready);
  });

  it.each(['', '-x', 'a b', "a'b", 'a;b', 'a\nb', '#0', '$(id)'])('refuses the account %j', (user) => {
    expect(() => becomeCommand({ user })).toThrow(BecomeFailure);
  });

  it('takes names that Debian and directories use', () => {
    for (const user of ['matrix-synapse', '_apt', 'www-data', 'jane.doe', 'machine$', 'jane@example.org'])
      expect(becomeCommand({ user }).words).toContain(user);
  });

  it('refuses a password that sudo would read as two', () => {
    expect(() => becomeCommand({ user: 'root', password: 'a\nb' })).toThrow('line break');
  });

  it('needs no quotes of any kind but plain single ones', () => {
    const line = renderCommandLine(becomeCommand({ user: 'root', password: 'x' }).words);
    expect(line.match(/'/g)).toHaveLength(2);
    expect(line).not.toMatch(/["\\!]/);
  });

  it('gives the words back through sh', () => {
    const { words } = becomeCommand({ user: 'root', password: 'x' });
    const printed = execFileSync('sh', ['-c', `printf '%s\\n' ${renderCommandLine(words)}`], {
      encoding: 'utf8',
    });
    expect(printed.split('\n').slice(0, -1)).toEqual(words);
  });
});

describe('ending a script that runs as another account', () => {
  const startShell = async () => {
    const { words, ready } = becomeCommand({ user: 'root', password: 'x' });
    const child = spawn('sh', ['-c', words.at(-1) ?? ''], { detached: true, stdio: 'pipe' });
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    expect(said.toString()).toMatch(new RegExp(`^${ready} \\d+ .*\\n$`));
    return {
      child,
      shell: said
        .toString()
        .trim()
        .slice(ready.length + 1),
    };
  };

  it('ends the shell and what it waits for', async () => {
    const { child, shell } = await startShell();
    child.stdin.write('sleep 30; echo survived\n');
    const closed = once(child, 'close');
    execFileSync('sh', ['-s'], { input: stopScript(shell) });
    // `close` waits for the pipes, which the sleep holds open too.
    expect(await closed).toEqual([null, 'SIGTERM']);
  });

  it('ends nothing where the number belongs to another process by now', async () => {
    const { child, shell } = await startShell();
    const fields = shell.split(' ');
    fields[20] = '1';
    execFileSync('sh', ['-c', `${stopScript(fields.join(' '))}\ntrue`]);
    expect(child.exitCode).toBeNull();
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('does nothing where the process is gone', async () => {
    const { child, shell } = await startShell();
    child.stdin.end();
    await once(child, 'close');
    expect(execFileSync('sh', ['-s'], { input: stopScript(shell), encoding: 'utf8' })).toBe('');
  });

  it('refuses to build a script from anything but numbers', () => {
    expect(() => stopScript('1; rm -rf / R 1 1')).toThrow('not a line of /proc/PID/stat');
  });
});
