/**
 * The main job on disposable hosts: a bare bookworm and a bare trixie become homeservers of two domains, then an
 * audit shows no drift. The hosts stay until `npm run demo -- --remove`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { removeHost, startHost, type TestHost } from '../test/hosts/host.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const domains = { bookworm: 'bookworm.example.org', trixie: 'trixie.example.org' } as const;
const names = { bookworm: 'syn-demo-bookworm', trixie: 'syn-demo-trixie' } as const;
const suites = ['bookworm', 'trixie'] as const;

const say = (text: string): void => console.log(`\n\u001b[1m${text}\u001b[0m`);

const inventoryOf = (hosts: readonly TestHost[]) => ({
  playbooks: [join(root, 'playbooks', 'synapse-workers.yaml')],
  all: {
    children: {
      homeservers: {
        vars: { ansible_user: 'admin', ansible_become: true, synapse_flavour: 'venv' },
        hosts: Object.fromEntries(
          hosts.map((host) => [
            host.suite,
            {
              ansible_host: host.address,
              ansible_port: host.port,
              ansible_ssh_private_key_file: host.privateKeyPath,
              ansible_ssh_common_args: `-o UserKnownHostsFile=${host.knownHostsPath}`,
              server_name: domains[host.suite as keyof typeof domains],
            },
          ]),
        ),
      },
    },
  },
});

/** Runs the built program as a user would, and shows what it is. */
const synDeploy = async (args: readonly string[]): Promise<number> => {
  say(`$ syn-deploy ${args.join(' ')}`);
  const bin = join(root, 'dist', 'cli', 'bin.js');
  const { exitCode } = await execa(process.execPath, [bin, ...args], {
    stdio: 'inherit',
    reject: false,
    cwd: root,
  });
  return exitCode ?? 1;
};

const explain = (hosts: readonly TestHost[]): void => {
  say('Have a look:');
  for (const host of hosts) {
    console.log(`  ${host.suite}:`);
    console.log(`    curl http://127.0.0.1:${host.publishedPort(80)}/_matrix/client/versions`);
    console.log(
      `    ssh -p ${host.port} -i ${host.privateKeyPath} -o UserKnownHostsFile=${host.knownHostsPath} admin@127.0.0.1`,
    );
  }
  console.log(
    '  then, on a host: systemctl status "matrix-synapse*", sudo redis-cli -s /run/redis/redis-server.sock ping',
  );
  console.log('\nnpm run demo -- --remove takes the hosts away again.');
};

const main = async (): Promise<number> => {
  if (process.argv.includes('--remove')) {
    await Promise.all(suites.map((suite) => removeHost(names[suite])));
    return 0;
  }
  say('Starting two bare hosts, bookworm and trixie');
  const hosts = await Promise.all(
    suites.map((suite) => startHost({ suite, flavour: 'bare', name: names[suite], keep: true, ports: [80] })),
  );
  const folder = join(root, '.cache', 'demo');
  await mkdir(folder, { recursive: true });
  const inventory = join(folder, 'inventory.yaml');
  await writeFile(inventory, stringify(inventoryOf(hosts)));
  const applied = await synDeploy(['apply', inventory, ...process.argv.slice(2)]);
  if (applied !== 0) return applied;
  const checked = await synDeploy(['check', inventory]);
  if (checked === 0) explain(hosts);
  return checked;
};

process.exitCode = await main();
