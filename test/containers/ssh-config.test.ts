import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { SshMachine } from '../../src/model/ssh-machine.ts';
import { createTransports } from '../../src/transport/transports.ts';
import { matchesGlob } from '../../src/util/matches-glob.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { shQuote } from '../hosts/sh-quote.ts';
import { argumentsOf, compared, compareWithSsh } from '../inventory/ssh-config/as-ssh-prints.ts';
import { type SshConfigCase, sshConfigCase } from '../inventory/ssh-config/generate.ts';
import { run } from '../transport/run.ts';

const count = 1500;
const base = '/tmp/ssh-config';
const folderOf = (seed: number): string => `${base}/${seed}`;

const filesOf = ({ files }: SshConfigCase, folder: string): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text.replaceAll('BASE', folder)]),
  );

/** Writes the files of a case and asks ssh: a line `===== STATUS`, then what it printed of what is compared. */
const ask = (one: SshConfigCase, folder: string): string => {
  const files = [...filesOf(one, folder)].map(([file, text]) => `printf %s ${shQuote(text)} >${file}\n`);
  const words = ['ssh', ...argumentsOf(one, folder)].map(shQuote).join(' ');
  return `mkdir -p ${folder}\n${files.join('')}${words} >${base}/out 2>/dev/null </dev/null
echo "===== $?"
grep -E '^(${compared.join('|')}) ' ${base}/out
`;
};

/** The test host, as root, seen from here: only the files of the case are on it. Conditions are run by the sh of this machine. */
const machineOf = (host: TestHost, files: ReadonlyMap<string, string>): SshMachine => ({
  ...{ home: '/root', localUser: 'root', userId: 0, hostName: host.name },
  text: (file) => files.get(file),
  glob: (pattern) => [...files.keys()].filter((file) => matchesGlob(file, pattern)).toSorted(),
  succeeds: (command) => spawnSync('sh', ['-c', command]).status === 0,
  isInNetwork: () => false,
  env: (name) => (name === 'HOME' ? '/root' : undefined),
  homeOf: () => undefined,
});

test.each(['bookworm', 'trixie'] as const)(
  `what is found in ${count} configurations is what the ssh of %s prints`,
  async (suite) => {
    await using host = await startHost({ suite });
    await using transports = createTransports({ identityFiles: [] });
    await using connection = await transports.connect({
      ...{ kind: 'ssh', host: host.name, address: host.address, port: host.port, user: 'root' },
      ...{ privateKeyFile: host.privateKeyPath, knownHostsFiles: [host.knownHostsPath] },
      ...{ acceptNewHostKeys: false, connectTimeoutMs: 10_000 },
    });
    const cases = Array.from({ length: count }, (_, seed) => sshConfigCase(seed + 1_000_000));
    const script = cases.map((one, seed) => ask(one, folderOf(seed)));
    const { stdout } = await run(connection, [`mkdir -p ${base}; umask 077\n`, ...script]);
    const answers = stdout.split(/^===== /m).slice(1);
    expect(answers).toHaveLength(count);
    const outcomes = cases.map((one, seed) => {
      const [, status = '', text = ''] = /^(\d+)\n(.*)$/s.exec(answers[seed] ?? '') ?? [];
      const folder = folderOf(seed);
      const answer = { status: Number(status), stdout: text };
      return { seed, ...compareWithSsh(one, folder, machineOf(host, filesOf(one, folder)), answer) };
    });
    expect(outcomes.filter(({ differs }) => differs !== undefined).slice(0, 5)).toEqual([]);
    expect(outcomes.filter(({ refused }) => !refused).length).toBeGreaterThan(count * 0.6);
  },
);
