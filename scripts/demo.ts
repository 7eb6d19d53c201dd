/**
 * The main job on disposable hosts: a bare bookworm and a bare trixie become homeservers of two domains, then an
 * audit shows no drift.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { removeHost, startHost, type TestHost } from '../test/hosts/host.ts';

const root = join(import.meta.dirname, '..');
const suites = ['bookworm', 'trixie'] as const;
const registerUser =
  'sudo /opt/venvs/matrix-synapse/bin/register_new_matrix_user -c /etc/matrix-synapse/conf.d/secrets.yaml http://127.0.0.1';

const usage = `Makes two bare Debian hosts, disposable containers, into homeservers, and audits them.
  npm run demo               new hosts; those of an earlier demo are replaced
  npm run demo -- --remove   takes them away`;

const say = (text: string): void => console.log(`\n\u001b[1m${text}\u001b[0m`);

const inventoryOf = (hosts: readonly TestHost[]) => ({
  playbooks: ['../../playbooks/synapse-workers.yaml'],
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
              server_name: `${host.suite}.example.org`,
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

const explain = (hosts: readonly TestHost[], inventory: string): void => {
  say('Two homeservers, each a main process and 16 workers. Have a look:');
  for (const host of hosts) {
    const logIn = `ssh -p ${host.port} -i ${host.privateKeyPath} -o UserKnownHostsFile=${host.knownHostsPath} admin@127.0.0.1`;
    console.log(`
  ${host.suite}.example.org
    log in         ${logIn}
    Matrix         curl http://127.0.0.1:${host.publishedPort(80)}/_matrix/client/versions`);
  }
  console.log(`
  on a host
    processes      systemctl list-dependencies matrix-synapse.target
    an account     ${registerUser}
    one log        sudo tail /var/log/matrix-synapse/login.log

  the containers   DOCKER_HOST=${process.env['DOCKER_HOST']} docker ps

  make drift there, or change a variable: below "vars" in ${inventory}
  write "normal_sync: 4" for a sync worker more; then here
    audit          node dist/cli/bin.js check ${inventory}
    repair         node dist/cli/bin.js apply ${inventory}

  take the hosts away
    npm run demo -- --remove`);
};

const removeHosts = async (prefix: string): Promise<void> => {
  await Promise.all(suites.map((suite) => removeHost(`${prefix}-${suite}`)));
  say('The hosts of the demo are gone.');
};

const startHosts = (prefix: string) =>
  Promise.all(
    suites.map((suite) =>
      startHost({ suite, flavour: 'bare', name: `${prefix}-${suite}`, keep: true, ports: [80] }),
    ),
  );

const demo = async (prefix: string): Promise<number> => {
  say('Starting two bare hosts, bookworm and trixie');
  const hosts = await startHosts(prefix);
  const inventory = join('.cache', prefix, 'inventory.yaml');
  await mkdir(join(root, '.cache', prefix), { recursive: true });
  await writeFile(join(root, inventory), stringify(inventoryOf(hosts)));
  const applied = await synDeploy(['apply', inventory]);
  const status = applied === 0 ? await synDeploy(['check', inventory]) : applied;
  if (status === 0) explain(hosts, inventory);
  else say('The hosts stay for a look; npm run demo -- --remove takes them away.');
  return status;
};

const words = process.argv.slice(2);
// So that a test can have hosts of its own beside those that somebody looks at.
const prefix = process.env['SYN_DEPLOY_DEMO'] ?? 'syn-demo';
if (words.length === 0) process.exitCode = await demo(prefix);
else if (words.join(' ') === '--remove') await removeHosts(prefix);
else {
  console.error(usage);
  process.exitCode = words.includes('--help') ? 0 : 1;
}
