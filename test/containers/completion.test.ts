import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker } from '../hosts/docker.ts';
import { startHost, type TestHost } from '../hosts/host.ts';

let host: TestHost;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-completion-'));
  host = await startHost({ suite: 'trixie' });
  await host.run(
    'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends nodejs zsh fish man-db',
  );
  await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
  const [tarball = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await docker(['cp', join(folder, tarball), `${host.name}:/opt/package.tgz`]);
  await host.run(
    'cd /opt && tar -xzf package.tgz && ln -s /opt/package/dist/cli/bin.js /usr/local/bin/syn-deploy && cd /root && syn-deploy init first',
  );
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** What a shell offers for a line that is typed so far; the shells' own ways of asking for it. */
const shells = {
  bash: `line=$1; source <(syn-deploy completion bash); COMP_LINE=$line COMP_POINT=\${#line}; _syn_deploy 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: `autoload -U compinit && compinit -u; source <(syn-deploy completion zsh); words=("\${(@s: :)1}"); CURRENT=\${#words}; _files() { print -l -- *(N) }; compset() { : }; compadd() { print -l -- "\${(@P)@[-1]}" }; _syn-deploy`,
  fish: `syn-deploy completion fish | source; complete -C $argv[1] | string split -f 1 \\t; true`,
} as const;

const offered = async (shell: keyof typeof shells, line: string): Promise<readonly string[]> => {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const name = shell === 'fish' ? '' : ' name';
  return lines(
    await host.run(`cd /root/first && ${shell} -c ${quoted(shells[shell])}${name} ${quoted(line)}`),
  );
};

describe.each(Object.keys(shells) as (keyof typeof shells)[])('%s completes', (shell) => {
  test('commands and options', async () => {
    expect(await offered(shell, 'syn-deploy app')).toEqual(['apply']);
    expect(await offered(shell, 'syn-deploy apply --lock')).toEqual(['--lock-timeout']);
  });

  test('values of options, and hosts of the inventory on the line', async () => {
    expect(await offered(shell, 'syn-deploy apply inventory.yaml --output pl')).toEqual(['plain']);
    expect(await offered(shell, 'syn-deploy apply inventory.yaml -l loc')).toEqual(['localhost']);
  });

  test('files', async () => {
    expect(await offered(shell, 'syn-deploy apply inv')).toContain('inventory.yaml');
  });
});

test('bash completes behind its own word breaks', async () => {
  expect(await offered('bash', 'syn-deploy apply --output=pl')).toEqual(['plain']);
  expect(await offered('bash', 'syn-deploy apply inventory.yaml -l all:!loc')).toEqual(['!localhost']);
});

test('the manual page is shown without a warning', async () => {
  const { stdout, stderr } = await host.exec(
    'man --warnings -E UTF-8 -l /opt/package/docs/syn-deploy.1 | col -b',
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('syn-deploy apply [options] INVENTORY [PLAYBOOK ...]');
  expect(stdout).toContain('--reconnect-timeout seconds');
});
