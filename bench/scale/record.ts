import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import ssh2 from 'ssh2';
import { startHost, type TestHost } from '../../test/hosts/host.ts';
import { makeKeyPair } from '../../test/hosts/keys.ts';
import { exchangeOf, isWhole, nonceOf, type Recording } from './recording.ts';
import { scaleInventory } from './scale-inventory.ts';
import { type OnExec, startSshServer } from './ssh-server.ts';

/** What is applied: a command line without the inventory, which comes between. */
export interface ScaleCommand {
  readonly program: readonly string[];
  readonly playbook: string;
}

const connectTo = async (host: TestHost): Promise<ssh2.Client> => {
  const client = new ssh2.Client();
  const privateKey = await readFile(host.privateKeyPath, 'utf8');
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject);
    client.connect({ host: host.address, port: host.port, username: 'root', privateKey });
  });
  return client;
};

/** Hands what comes to the real host, and writes down what passes. */
const createRecorder = (client: ssh2.Client) => {
  const commands: string[] = [];
  const passed: (readonly [script: string, stdout: string, stderr: string])[] = [];
  const onExec: OnExec = (command, near) => {
    commands.push(command);
    let [script, stdout, stderr] = ['', '', ''];
    const finish = (): void => {
      if (!isWhole(script)) return;
      const lastMark = `\u001e${nonceOf(script)} done\n`;
      if (!stdout.endsWith(lastMark) || !stderr.endsWith(lastMark)) return;
      passed.push([script, stdout, stderr]);
      [script, stdout, stderr] = ['', '', ''];
    };
    client.exec(command, (error, far) => {
      if (error !== undefined) throw error;
      near.on('data', (chunk: Buffer) => {
        script += chunk.toString('latin1');
        far.write(chunk);
      });
      near.on('end', () => far.end());
      far.on('data', (chunk: Buffer) => {
        stdout += chunk.toString('latin1');
        near.write(chunk);
        finish();
      });
      far.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString('latin1');
        near.stderr.write(chunk);
        finish();
      });
      far.on('close', () => {
        near.exit(0);
        near.end();
      });
    });
  };
  return {
    onExec,
    forget(): void {
      commands.length = 0;
      passed.length = 0;
    },
    recording(recordedFrom: string): Recording {
      const [command] = commands;
      if (command === undefined || commands.length > 1 || passed.length === 0)
        throw new Error(`one command with scripts was to be recorded, not ${commands.length}`);
      return { recordedFrom, command, exchanges: passed.map((texts) => exchangeOf(...texts)) };
    },
  };
};

/**
 * Starts a real host, brings it to the wanted state, and records the apply that finds it so.
 *
 * @param folder  for the inventory, keys and known_hosts
 * @throws Error when the recorded run was not all ok
 */
export const recordConverged = async (
  { program, playbook }: ScaleCommand,
  folder: string,
): Promise<Recording> => {
  await using host = await startHost({
    suite: 'bookworm',
    flavour: 'synapse',
    name: `syn-scale-${process.pid}`,
  });
  const client = await connectTo(host);
  const recorder = createRecorder(client);
  const [hostKey, login] = [makeKeyPair(), makeKeyPair()];
  const server = await startSshServer({
    hostKey: hostKey.privateKey,
    loginKey: login.publicKey,
    address: '127.0.0.1',
    port: 0,
    onExec: recorder.onExec,
  });
  const [inventory, keyFile, knownHosts] = ['inventory', 'key', 'known_hosts'].map((name) =>
    join(folder, `recorded-${name}`),
  ) as [string, string, string];
  await writeFile(keyFile, login.privateKey, { mode: 0o600 });
  await writeFile(knownHosts, `[127.0.0.1]:${server.port} ${hostKey.publicKey}\n`);
  const only = [{ name: 'recorded', address: '127.0.0.1' }];
  await writeFile(inventory, scaleInventory(only, { port: server.port, keyFile, knownHosts }));
  const [node = '', ...words] = program;
  const apply = () => execa(node, [...words, inventory, playbook, '--output', 'plain'], { stdin: 'ignore' });
  try {
    await apply();
    recorder.forget();
    const { stdout } = await apply();
    if (!/hosts: 1 ok in/.test(stdout)) throw new Error(`the recorded host is not converged:\n${stdout}`);
    const [release, count] = [
      await host.run('. /etc/os-release; echo "$PRETTY_NAME"'),
      /(\d+) ok/.exec(stdout),
    ];
    return recorder.recording(`an apply of ${count?.[1] ?? '?'} tasks to a converged ${release} (container)`);
  } finally {
    server.close();
    client.end();
  }
};
