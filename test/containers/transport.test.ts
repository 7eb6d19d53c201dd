import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BecomeFailure, type ConnectionSettings, Unreachable } from '../../src/model/transport.ts';
import { createTransports } from '../../src/transport/transports.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { makeKeys } from '../hosts/keys.ts';
import { startKeyAgent } from '../transport/key-agent.ts';
import { run } from '../transport/run.ts';
import { scratch } from '../transport/scratch.ts';

const transport = createTransports({ identityFiles: [] });
const root = { user: 'root' };

/** Asks for no password for sudo. */
let free: TestHost;
/** Asks for the password `right for sudo`, which is also that of the login. */
let asking: TestHost;
beforeAll(async () => {
  [free, asking] = await Promise.all([
    startHost({ suite: 'bookworm' }),
    startHost({ suite: 'trixie', sudoPassword: 'right for sudo' }),
  ]);
});
afterAll(async () => {
  await Promise.all([free.stop(), asking.stop()]);
});

const settingsOf = (host: TestHost, changes: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
  kind: 'ssh',
  host: host.name,
  address: host.address,
  port: host.port,
  user: 'admin',
  privateKeyFile: host.privateKeyPath,
  knownHostsFiles: [host.knownHostsPath],
  acceptNewHostKeys: false,
  connectTimeoutMs: 10_000,
  ...changes,
});
const connect = (host: TestHost, changes?: Partial<ConnectionSettings>) =>
  transport.connect(settingsOf(host, changes));
const failureOf = async (work: Promise<unknown>): Promise<Unreachable> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Unreachable);
  return error as Unreachable;
};
/** What of these processes is still there after a short while. */
const left = async (host: TestHost, pattern: string): Promise<string> =>
  host.run(
    `for i in 1 2 3 4 5 6 7 8 9 10; do pgrep -af '${pattern}' | grep -v pgrep >/tmp/left || exit 0; sleep 0.2; done; cat /tmp/left`,
  );

describe('logging in', () => {
  it('takes a key, as root and as another account', async () => {
    for (const user of ['root', 'admin']) {
      await using connection = await connect(free, { user });
      expect(await run(connection, 'id -un; pwd')).toMatchObject({
        exitStatus: 0,
        stdout: user === 'root' ? 'root\n/root\n' : 'admin\n/home/admin\n',
      });
    }
  });

  it('takes keys of every kind, locked ones too', async () => {
    using at = scratch();
    const pairs = [
      makeKeys('ed25519', { passphrase: 'open', cipher: 'aes256-ctr', rounds: 16 }),
      makeKeys('ecdsa', { bits: 521 }),
      makeKeys('rsa', { bits: 2048 }),
    ];
    await free.run(
      `cat >>/home/admin/.ssh/authorized_keys <<'EOF'\n${pairs.map((pair) => pair.public).join('\n')}\nEOF`,
    );
    for (const pair of pairs) {
      writeFileSync(at.path('key'), pair.private);
      await using connection = await connect(free, { privateKeyFile: at.path('key'), passphrase: 'open' });
      expect(connection.user).toBe('admin');
    }
  });

  it('takes the key of an agent, whatever else that holds', async () => {
    using at = scratch();
    using agent = await startKeyAgent(at.path('agent'), [
      makeKeys('ed25519').private,
      makeKeys('rsa', { bits: 2048 }).private,
      readFileSync(free.privateKeyPath, 'utf8'),
    ]);
    const withAgent = createTransports({ identityFiles: [], agentSocket: at.path('agent') });
    await using connection = await withAgent.connect(settingsOf(free, { privateKeyFile: undefined }));
    expect(connection.user).toBe('admin');
    expect(agent.signed()).toBe(1);
  });

  it('lets the agent unlock a key file, and asks nobody', async () => {
    using at = scratch();
    const pair = makeKeys('rsa', {
      bits: 2048,
      passphrase: 'open',
      cipher: 'aes256-ctr',
      rounds: 16,
    });
    await free.run(`echo '${pair.public}' >>/home/admin/.ssh/authorized_keys`);
    writeFileSync(at.path('key'), pair.private);
    using agent = await startKeyAgent(at.path('agent'), [pair.private], 'open');
    const withAgent = createTransports({
      identityFiles: [],
      agentSocket: at.path('agent'),
      askPassphrase: () => Promise.reject(new Error('asked')),
    });
    await using connection = await withAgent.connect(settingsOf(free, { privateKeyFile: at.path('key') }));
    expect(connection.user).toBe('admin');
    expect(agent.signed()).toBe(1);
  });

  it('tries the default identities where no key is given', async () => {
    const withIdentities = createTransports({ identityFiles: ['/none', free.privateKeyPath] });
    await using connection = await withIdentities.connect(settingsOf(free, { privateKeyFile: undefined }));
    expect(connection.user).toBe('admin');
  });

  it('takes a password, and says what it tried when that is wrong', async () => {
    const byPassword = { privateKeyFile: undefined, password: 'right for sudo' };
    await using connection = await connect(asking, byPassword);
    expect(connection.user).toBe('admin');
    const failure = await failureOf(connect(asking, { ...byPassword, password: 'wrong' }));
    expect([failure.reason, failure.message]).toEqual([
      'login',
      `${asking.name} refused the login of admin; tried: password; the host takes: publickey, password`,
    ]);
  });

  it('answers a server that asks for the password by questions', async () => {
    await asking.run(
      "printf 'PasswordAuthentication no\\nKbdInteractiveAuthentication yes\\n' >/etc/ssh/sshd_config.d/00-test.conf; systemctl restart ssh",
    );
    await using connection = await connect(asking, { privateKeyFile: undefined, password: 'right for sudo' });
    expect(connection.user).toBe('admin');
    await asking.run('rm /etc/ssh/sshd_config.d/00-test.conf; systemctl restart ssh');
  });

  it('says what was tried when the key is not the right one', async () => {
    using at = scratch();
    writeFileSync(at.path('key'), makeKeys('ed25519').private);
    const failure = await failureOf(connect(free, { privateKeyFile: at.path('key') }));
    expect(failure.message).toContain(`tried: key ${at.path('key')}; the host takes: publickey`);
  });
});

describe('host keys of a real sshd', () => {
  it('are known by their hash, as ssh-keygen -H writes it', async () => {
    using at = scratch();
    await free.run(
      `printf '%s\\n' '[127.0.0.1]:${free.port} ${free.hostKey}' >/tmp/known; ssh-keygen -q -H -f /tmp/known`,
    );
    writeFileSync(at.path('known'), await free.run('cat /tmp/known'));
    expect(readFileSync(at.path('known'), 'utf8')).toMatch(/^\|1\|/);
    await using connection = await connect(free, { knownHostsFiles: [at.path('known')] });
    expect(connection.user).toBe('admin');
  });

  it('are refused when unknown, changed or revoked', async () => {
    using at = scratch();
    const other = makeKeys('ed25519').public.trim();
    const name = `[127.0.0.1]:${free.port}`;
    const messageFor = async (text: string): Promise<string> => {
      writeFileSync(at.path('known'), text);
      const failure = await failureOf(connect(free, { knownHostsFiles: [at.path('known')] }));
      expect(failure.reason).toBe('host-key');
      return failure.message;
    };
    expect(await messageFor('')).toContain('is not known');
    expect(await messageFor(`${name} ${other}\n`)).toContain(`is not the known one`);
    expect(await messageFor(`${name} ${free.hostKey}\n@revoked * ${free.hostKey}\n`)).toContain('revoked');
  });

  it('are asked for in the type that is known', async () => {
    using at = scratch();
    await free.run(
      "ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key; ssh-keygen -q -t rsa -b 2048 -N '' -f /etc/ssh/ssh_host_rsa_key; systemctl restart ssh",
    );
    for (const type of ['ecdsa', 'rsa', 'ed25519']) {
      const line = await free.run(`cut -d' ' -f1,2 /etc/ssh/ssh_host_${type}_key.pub`);
      writeFileSync(at.path('known'), `[127.0.0.1]:${free.port} ${line}\n`);
      await using connection = await connect(free, { knownHostsFiles: [at.path('known')] });
      expect(connection.user).toBe('admin');
    }
  });

  it('are accepted and remembered when new ones may be', async () => {
    using at = scratch();
    const settings = settingsOf(asking, { knownHostsFiles: [at.path('.ssh/known_hosts')] });
    await Promise.all(
      [1, 2, 3].map(async () => {
        await using _ = await transport.connect({ ...settings, acceptNewHostKeys: true });
      }),
    );
    expect(readFileSync(at.path('.ssh/known_hosts'), 'utf8')).toBe(
      `[127.0.0.1]:${asking.port} ${asking.hostKey}\n`,
    );
    await using connection = await transport.connect(settings);
    expect(connection.user).toBe('admin');
  });
});

describe('becoming root', () => {
  it('goes without a password where sudo asks for none, one given or not', async () => {
    await using connection = await connect(free);
    for (const become of [root, { ...root, password: 'not needed' }])
      expect(await run(connection, 'id -un; echo $HOME; echo err >&2; exit 3', become)).toEqual({
        exitStatus: 3,
        signal: null,
        stdout: 'root\n/root\n',
        stderr: 'err\n',
      });
  });

  it('becomes other accounts than root, and none that is there already', async () => {
    await using connection = await connect(free);
    expect((await run(connection, 'id -un', { user: 'daemon' })).stdout).toBe('daemon\n');
    expect(
      (await run(connection, 'tr "\\0" " " </proc/$PPID/cmdline', { user: 'admin' })).stdout,
    ).not.toContain('sudo');
  });

  it('gives the password when it is asked for, each time anew', async () => {
    await using connection = await connect(asking);
    for (let count = 0; count < 2; count += 1)
      expect(await run(connection, 'id -un; cat', { ...root, password: 'right for sudo' })).toEqual({
        exitStatus: 0,
        signal: null,
        stdout: 'root\n',
        stderr: '',
      });
  });

  it('becomes an account once for scripts that follow one another, and ends what runs in its shell', async () => {
    await using connection = await connect(asking);
    const runKept = async (script: string, signal?: AbortSignal): Promise<string> => {
      let said = '';
      await connection.exec({
        script: [`${script}\necho over\n`],
        become: { ...root, password: 'right for sudo' },
        onStdout: (chunk) => {
          said += new TextDecoder().decode(chunk);
        },
        onStderr: () => {},
        isOver: () => said.endsWith('over\n'),
        signal,
      });
      return said;
    };
    const first = await runKept('id -un; echo $$');
    expect(first).toMatch(/^root\n\d+\nover\n$/);
    expect(await runKept('id -un; echo $$')).toBe(first);
    await expect(runKept('sleep 4321', AbortSignal.timeout(500))).rejects.toThrow();
    expect(await left(asking, 'sleep 4321')).toBe('');
    expect(await runKept('id -un; echo $$')).not.toBe(first);
  });

  it('fails soon with a wrong password, and with none says what to give', async () => {
    await using connection = await connect(asking);
    await expect(run(connection, 'id', { ...root, password: 'wrong' })).rejects.toThrow(
      new BecomeFailure('sudo refused the become password: it is wrong'),
    );
    await expect(run(connection, 'id', root)).rejects.toThrow(
      'sudo: a password is required; if it asks for a password, give -K/--ask-become-pass',
    );
  });

  it("passes on sudo's own reason", async () => {
    await using connection = await connect(asking);
    const become = { user: 'no-such-user', password: 'right for sudo' };
    await expect(run(connection, 'id', become)).rejects.toThrow('unknown user no-such-user');
    await asking.run("echo 'Defaults requiretty' >/etc/sudoers.d/tty");
    await expect(run(connection, 'id', { ...root, password: 'right for sudo' })).rejects.toThrow(/tty/);
    await asking.run('rm /etc/sudoers.d/tty; mv /usr/bin/sudo /usr/bin/sudo.away');
    await expect(run(connection, 'id', root)).rejects.toThrow('sudo cannot be run; is it installed there?');
    await asking.run('mv /usr/bin/sudo.away /usr/bin/sudo');
  });
});

describe('login shells', () => {
  it('may be fish or csh, and print banners', async () => {
    await asking.run(
      'apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends fish tcsh >/dev/null 2>&1; ' +
        "install -d -o admin /home/admin/.config/fish; echo 'echo a banner of fish' >/home/admin/.config/fish/config.fish; " +
        "echo 'echo a banner of csh' >/home/admin/.cshrc",
    );
    for (const shell of ['fish', 'tcsh']) {
      await asking.run(`usermod -s /usr/bin/${shell} admin`);
      await using connection = await connect(asking);
      const plain = await run(connection, 'x=1; echo "$x $0"; exit 4');
      expect([plain.exitStatus, plain.stdout.split('\n').at(-2)]).toEqual([4, '1 sh']);
      const become = await run(connection, 'id -un; exit 5', { ...root, password: 'right for sudo' });
      expect([become.exitStatus, become.stdout.split('\n').at(-2)]).toEqual([5, 'root']);
    }
    await asking.run('usermod -s /bin/bash admin');
  });

  it('that let nobody in are quoted', async () => {
    await asking.run(
      'useradd -m -s /usr/sbin/nologin guest; cp -r /home/admin/.ssh /home/guest/; chown -R guest: /home/guest',
    );
    await using connection = await connect(asking, { user: 'guest' });
    await expect(run(connection, 'id', root)).rejects.toThrow('This account is currently not available');
  });
});

describe('scripts on a real host', () => {
  it('stream 20 MB there, whole', async () => {
    await using connection = await connect(free);
    const line = `${randomBytes(5000).toString('hex')}\n`;
    const script = function* () {
      yield "sha256sum <<'EOF'\n";
      for (let count = 0; count < 2000; count += 1) yield line;
      yield 'EOF\n';
    };
    const wanted = createHash('sha256').update(line.repeat(2000)).digest('hex');
    for (const become of [undefined, root])
      expect((await run(connection, script(), become)).stdout).toBe(`${wanted}  -\n`);
  });

  it('print 20 MB, whole', async () => {
    await using connection = await connect(free);
    const { stdout } = await run(connection, 'head -c 20000000 /dev/zero | tr "\\0" x; exit 0', root);
    expect(stdout).toHaveLength(20_000_000);
  });

  it('tell which signal ended them', async () => {
    await using connection = await connect(free);
    expect(await run(connection, 'kill -KILL $$')).toMatchObject({ exitStatus: null, signal: 'SIGKILL' });
  });

  it('run twelve at once, also where the host takes two', async () => {
    const twelve = Array.from({ length: 12 }, (_, index) => index);
    const all = async () => {
      await using connection = await connect(free);
      return await Promise.all(
        twelve.map(async (index) => (await run(connection, `sleep 0.1; echo ${index}`, root)).stdout.trim()),
      );
    };
    expect(await all()).toEqual(twelve.map(String));
    await free.run("echo 'MaxSessions 2' >/etc/ssh/sshd_config.d/00-test.conf; systemctl restart ssh");
    expect(await all()).toEqual(twelve.map(String));
    await free.run('rm /etc/ssh/sshd_config.d/00-test.conf; systemctl restart ssh');
  });

  it('are ended with all they started when they are aborted, as root too', async () => {
    for (const [host, become] of [
      [free, undefined],
      [free, root],
      [asking, { ...root, password: 'right for sudo' }],
    ] as const) {
      await using connection = await connect(host);
      const stop = new AbortController();
      const running = connection.exec({
        script: ["echo begun; sh -c 'sleep 4321'; echo survived"],
        become,
        signal: stop.signal,
        onStdout: () => stop.abort(new Error('enough')),
        onStderr: () => undefined,
      });
      await expect(running).rejects.toThrow('enough');
      expect(await left(host, 'sleep 4321')).toBe('');
      expect((await run(connection, 'echo still here')).stdout).toBe('still here\n');
    }
  });

  it('may leave a daemon behind that holds their outputs open', async () => {
    await using connection = await connect(free);
    expect(await run(connection, 'sleep 1234 & echo done', root)).toMatchObject({
      exitStatus: 0,
      stdout: 'done\n',
    });
    expect(await free.run('pgrep -c -f "sleep 1234" | cat')).not.toBe('0');
  });

  it('are lost with the line', async () => {
    await using connection = await connect(free);
    const running = connection.exec({
      script: ['echo begun; sleep 20'],
      become: root,
      onStdout: () => void free.run("pkill -KILL -f '^sshd: admin'"),
      onStderr: () => undefined,
    });
    const failure = await failureOf(running);
    expect([failure.reason, failure.message]).toEqual([
      'lost',
      expect.stringContaining(`the connection to ${free.name} was lost`),
    ]);
  });
});
