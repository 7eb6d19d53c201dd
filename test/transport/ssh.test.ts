import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type ConnectionSettings, Unreachable } from '../../src/model/transport.ts';
import { knownHostName } from '../../src/transport/known-hosts.ts';
import { scanHostKeys } from '../../src/transport/scan-host-keys.ts';
import { createTransports } from '../../src/transport/transports.ts';
import { makeKeys } from '../hosts/keys.ts';
import { run } from './run.ts';
import { scratch } from './scratch.ts';
import { startServer } from './ssh-server.ts';

const transport = createTransports({ identityFiles: [] });
const ed = makeKeys('ed25519');
const otherEd = makeKeys('ed25519');
const ecdsa = makeKeys('ecdsa', { bits: 256 });
const publicOf = (pair: { public: string }): string => pair.public.split(' ').slice(0, 2).join(' ');

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The settings, with a known_hosts file of these lines; HOST stands for the host's name there. */
const knowing = (dir: string, settings: ConnectionSettings, ...lines: string[]): ConnectionSettings => {
  const file = `${dir}/known_hosts`;
  const name = knownHostName(settings.address, settings.port);
  writeFileSync(file, lines.map((line) => `${line.replace('HOST', name)}\n`).join(''));
  return { ...settings, knownHostsFiles: [file] };
};
const failureOf = async (work: Promise<unknown>): Promise<Unreachable> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Unreachable);
  return error as Unreachable;
};

describe('the host key', () => {
  it('is taken when it is known, and refused with its fingerprint and what to do when it is not', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private] });
    await using connection = await transport.connect(
      knowing(at.dir, server.settings, `HOST ${publicOf(ed)}`),
    );
    expect(connection.user).toBe('admin');

    const failure = await failureOf(transport.connect(knowing(at.dir, server.settings)));
    expect(failure.reason).toBe('host-key');
    expect(failure.message).toMatch(
      /^the host key of h1 \(\[127\.0\.0\.1\]:\d+\) is not known: it shows the ED25519 key SHA256:/,
    );
    expect(failure.hint).toMatch(/syn-deploy trust INVENTORY, or --accept-new-host-keys$/);

    const told = knowing(at.dir, { ...server.settings, trustCommand: 'syn-deploy trust hosts.yaml' });
    expect((await failureOf(transport.connect(told))).hint).toContain(
      'then: syn-deploy trust hosts.yaml, or',
    );
  });

  it('is refused when it changed, even where new keys are accepted, and the known line is named', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private] });
    const settings = knowing(at.dir, server.settings, '# first', `HOST ${publicOf(otherEd)}`);
    const failure = await failureOf(transport.connect({ ...settings, acceptNewHostKeys: true }));
    expect([failure.reason, failure.message]).toEqual([
      'host-key',
      expect.stringContaining(`known is ${at.dir}/known_hosts:2 (ED25519)`),
    ]);
  });

  it('is refused when it is revoked', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private] });
    const settings = knowing(at.dir, server.settings, `HOST ${publicOf(ed)}`, `@revoked * ${publicOf(ed)}`);
    expect((await failureOf(transport.connect(settings))).message).toContain(
      `revoked at ${at.dir}/known_hosts:2`,
    );
  });

  it('is asked for in the type that is known, whatever the host prefers', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private, ecdsa.private] });
    await using one = await transport.connect(knowing(at.dir, server.settings, `HOST ${publicOf(ecdsa)}`));
    await using two = await transport.connect(knowing(at.dir, server.settings, `HOST ${publicOf(ed)}`));
    expect([one.user, two.user]).toEqual(['admin', 'admin']);
  });

  it('is remembered once when it is accepted, though many connect at once', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private] });
    const settings = { ...knowing(at.dir, server.settings), acceptNewHostKeys: true };
    const connections = await Promise.all(Array.from({ length: 5 }, () => transport.connect(settings)));
    for (const connection of connections) await connection[Symbol.asyncDispose]();
    expect(readFileSync(`${at.dir}/known_hosts`, 'utf8')).toBe(
      `${knownHostName('127.0.0.1', settings.port)} ${publicOf(ed)}\n`,
    );
    await using again = await transport.connect({ ...settings, acceptNewHostKeys: false });
    expect(again.user).toBe('admin');
  });

  it('is read without a login', async () => {
    using at = scratch();
    const logins: string[] = [];
    await using server = await startServer({
      hostKeys: [ed.private],
      authenticate: (context) => void logins.push(context.method),
    });
    const scanned = await scanHostKeys(knowing(at.dir, server.settings), async () => undefined);
    expect(scanned).toMatchObject({
      host: 'h1',
      type: 'ssh-ed25519',
      verdict: { kind: 'unknown' },
      file: `${at.dir}/known_hosts`,
    });
    expect(scanned.line).toBe(`${knownHostName('127.0.0.1', server.settings.port)} ${publicOf(ed)}`);
    expect(logins).toEqual([]);
  });
});

/** Accepts the host's key, whatever it is. */
const trusting = (dir: string, settings: ConnectionSettings): ConnectionSettings => ({
  ...knowing(dir, settings),
  acceptNewHostKeys: true,
});

describe('the login', () => {
  it('says what was tried and what the host takes', async () => {
    using at = scratch();
    await using server = await startServer({
      authenticate: (context) => context.reject(['password', 'publickey']),
    });
    writeFileSync(at.path('key'), ed.private);
    const failure = await failureOf(
      transport.connect({ ...trusting(at.dir, server.settings), privateKeyFile: at.path('key') }),
    );
    expect(failure.reason).toBe('login');
    expect(failure.message).toBe(
      `h1 refused the login of admin; tried: key ${at.path('key')}, password; the host takes: password, publickey`,
    );
  });

  it('says what could be given where there is nothing to try', async () => {
    using at = scratch();
    await using server = await startServer();
    const failure = await failureOf(
      transport.connect({ ...trusting(at.dir, server.settings), password: undefined }),
    );
    expect(failure.message).toBe(
      'h1 refused the login of admin; nothing to try: no key file is given, no agent runs (SSH_AUTH_SOCK), there is no key at the usual places, no password is given',
    );
  });

  it('answers the question for a password, and only once', async () => {
    using at = scratch();
    const answers: string[][] = [];
    await using server = await startServer({
      authenticate(context) {
        if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
        context.prompt([{ prompt: 'Password: ', echo: false }], (first) => {
          answers.push(first);
          context.prompt([{ prompt: 'Password: ', echo: false }], (second) => {
            answers.push(second);
            context.reject(['keyboard-interactive']);
          });
        });
      },
    });
    const failure = await failureOf(transport.connect(trusting(at.dir, server.settings)));
    expect(failure.message).toContain('tried: password, keyboard-interactive');
    expect(answers).toEqual([['pw'], ['']]);
  });

  it('asks for a passphrase once for all hosts, and goes on with it', async () => {
    using at = scratch();
    const locked = makeKeys('ed25519', {
      passphrase: 'open',
      cipher: 'aes256-ctr',
      rounds: 4,
    });
    writeFileSync(at.path('key'), locked.private);
    const asked: string[] = [];
    const asking = createTransports({
      identityFiles: [],
      askPassphrase: async (file) => {
        asked.push(file);
        return 'open';
      },
    });
    const methods: string[] = [];
    await using server = await startServer({
      authenticate(context) {
        methods.push(context.method);
        context.accept();
      },
    });
    const settings = { ...trusting(at.dir, server.settings), privateKeyFile: at.path('key') };
    await Promise.all([asking.connect(settings), asking.connect(settings)]);
    expect(asked).toEqual([at.path('key')]);
    expect(new Set(methods)).toEqual(new Set(['publickey']));
  });

  it('stops at a key file that cannot be used, with the reason', async () => {
    using at = scratch();
    await using server = await startServer();
    const failure = await failureOf(
      transport.connect({ ...trusting(at.dir, server.settings), privateKeyFile: at.path('none') }),
    );
    expect([failure.reason, failure.message]).toEqual([
      'login',
      `there is no private key file ${at.path('none')}`,
    ]);
  });
});

describe('connecting', () => {
  const settingsFor = (port: number, address = '127.0.0.1'): ConnectionSettings => ({
    kind: 'ssh',
    host: 'h1',
    address,
    port,
    user: 'admin',
    knownHostsFiles: [],
    acceptNewHostKeys: false,
    connectTimeoutMs: 300,
  });
  /** A port of 127.0.0.1 that takes connections, and does with them what `answer` says. */
  const listen = async (answer: (socket: import('node:net').Socket) => void) => {
    const sockets = new Set<import('node:net').Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      answer(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      [Symbol.dispose]() {
        for (const socket of sockets) socket.destroy();
        server.close();
      },
    };
  };

  it('gives up on a port that takes the connection and says nothing', async () => {
    using silent = await listen(() => undefined);
    const failure = await failureOf(transport.connect(settingsFor(silent.port)));
    expect(failure.reason).toBe('timeout');
    expect(failure.message).toBe(
      `h1 (127.0.0.1 port ${silent.port}) takes the connection but does not answer as SSH within 0.3 s`,
    );
  });

  it('tells a closed port from a silent one', async () => {
    const closed = await listen(() => undefined);
    closed[Symbol.dispose]();
    const failure = await failureOf(transport.connect(settingsFor(closed.port)));
    expect([failure.reason, failure.message]).toEqual([
      'connect',
      `cannot connect to h1 (127.0.0.1 port ${closed.port}): nothing listens there`,
    ]);
  });

  it('says that a name does not exist', async () => {
    const failure = await failureOf(
      transport.connect({ ...settingsFor(22, 'no-such-host.invalid'), connectTimeoutMs: 10_000 }),
    );
    expect(failure.message).toMatch(
      /^cannot connect to h1 \(no-such-host\.invalid port 22\): (there is no such host name|the name could not be looked up)/,
    );
  });

  it('says that something else than SSH answers', async () => {
    using web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const failure = await failureOf(transport.connect(settingsFor(web.port)));
    expect(failure.reason).toBe('connect');
    expect(failure.hint).toContain('sshd');
  });

  it('ends at once when it is aborted', async () => {
    using silent = await listen(() => undefined);
    const connecting = transport.connect(
      { ...settingsFor(silent.port), connectTimeoutMs: 60_000 },
      AbortSignal.timeout(50),
    );
    await expect(connecting).rejects.toThrow('timeout');
  });
});

describe('running scripts on a host', () => {
  it('says nothing of a script in the command line', async () => {
    using at = scratch();
    await using server = await startServer();
    await using connection = await transport.connect(trusting(at.dir, server.settings));
    expect(await run(connection, 'echo secret; exit 3')).toMatchObject({ exitStatus: 3, stdout: 'secret\n' });
    expect(server.commandLines).toEqual(['sh -s']);
  });

  it('is not waited for without end that exits in the packet that starts it, and leaves its outputs open', async () => {
    using at = scratch();
    await using server = await startServer({ answer: (channel) => void channel.exit(3) });
    await using connection = await transport.connect(trusting(at.dir, server.settings));
    expect(await run(connection, 'true')).toMatchObject({ exitStatus: 3 });
  });

  it('takes turns, eight at once', async () => {
    using at = scratch();
    await using server = await startServer();
    await using connection = await transport.connect(trusting(at.dir, server.settings));
    const ran = await Promise.all(
      Array.from({ length: 12 }, (_, index) => run(connection, `sleep 0.05; echo ${index}`)),
    );
    expect(ran.map(({ stdout }) => Number(stdout))).toEqual([...Array(12).keys()]);
    expect(server.most).toEqual({ sessions: 8, refused: 0 });
  });

  it('learns that a host takes fewer at once, and gets everything done', async () => {
    using at = scratch();
    await using server = await startServer({ maxSessions: 2 });
    await using connection = await transport.connect(trusting(at.dir, server.settings));
    const ran = await Promise.all(Array.from({ length: 12 }, () => run(connection, 'sleep 0.02; echo done')));
    expect(ran.every(({ stdout }) => stdout === 'done\n')).toBe(true);
    expect(server.most.sessions).toBe(2);
    expect(server.most.refused).toBeLessThan(12);
  });

  it('is lost when the line is cut in the middle, and every later script too', async () => {
    using at = scratch();
    await using server = await startServer();
    await using connection = await transport.connect(trusting(at.dir, server.settings));
    const running = connection.exec({
      script: ['echo begun; sleep 30'],
      onStdout: () => server.cut(),
      onStderr: () => undefined,
    });
    const failure = await failureOf(running);
    expect([failure.reason, failure.message]).toEqual([
      'lost',
      expect.stringContaining('the connection to h1 was lost'),
    ]);
    expect((await failureOf(run(connection, 'true'))).reason).toBe('lost');
  });

  it('can be aborted while it waits for its turn', async () => {
    using at = scratch();
    await using server = await startServer({ maxSessions: 1 });
    await using connection = await transport.connect(trusting(at.dir, server.settings));
    const stop = new AbortController();
    const first = run(connection, 'sleep 30', undefined, stop.signal);
    const waiting = run(connection, 'true', undefined, AbortSignal.timeout(100));
    await expect(waiting).rejects.toThrow('timeout');
    stop.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
  });
});

describe("what ssh's configuration may say", () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  );

  it.runIf(hasIpv6)('a host at an IPv6 address is reached and known', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private], address: '::1' });
    const settings = knowing(at.dir, server.settings, `HOST ${publicOf(ed)}`);
    expect(readFileSync(`${at.dir}/known_hosts`, 'utf8')).toMatch(/^\[::1\]:\d+ /);
    await using connection = await transport.connect({ ...settings, addressFamily: 6 });
    expect(connection.user).toBe('admin');
    const failure = await failureOf(transport.connect({ ...settings, addressFamily: 4 }));
    expect(failure.reason).toBe('connect');
  });

  it('a host that says nothing for the interval, as often as counted, is lost', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private] });
    const settings = knowing(at.dir, server.settings, `HOST ${publicOf(ed)}`);
    const keepalive = { intervalMs: 100, count: 2 };
    await using connection = await transport.connect({ ...settings, keepalive });
    const running = connection.exec({
      script: ['echo begun; sleep 60'],
      onStdout: () => server.mute(),
      onStderr: () => undefined,
    });
    expect((await failureOf(running)).message).toContain('was lost: Keepalive timeout');
  });

  it('a ProxyCommand is the line, and ends with it', async () => {
    using at = scratch();
    await using server = await startServer({ hostKeys: [ed.private] });
    const settings = knowing(at.dir, server.settings, `HOST ${publicOf(ed)}`);
    const relay = `const s = require('net').connect(${settings.port}, '127.0.0.1'); process.stdin.pipe(s); s.pipe(process.stdout);`;
    const pidFile = at.path('pid');
    const command = `sh -c 'echo $$ >${pidFile}; exec "$0" -e "$1"' ${process.execPath} "${relay}"`;
    {
      await using connection = await transport.connect({ ...settings, proxy: { kind: 'command', command } });
      expect((await run(connection, 'echo through')).stdout).toBe('through\n');
    }
    const pid = Number(readFileSync(pidFile, 'utf8'));
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
