import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAge } from '../../src/workspace/age.ts';
import { encryptVault } from '../../src/workspace/ansible-vault.ts';
import { seal } from '../../src/workspace/seal.ts';
import { startHost, type TestHost } from '../hosts/host.ts';
import { program } from './support/program.ts';
import { inventoryOf } from './support/syn-deploy.ts';

let folder: string;
let host: TestHost;
const key = askAge('generate', undefined);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'syn-deploy-secrets-'));
  host = await startHost({ suite: 'bookworm' });
});

afterAll(async () => {
  await host?.stop();
  await rm(folder, { recursive: true });
});

const vaultPassword = 'the password of the vault';

const secrets = {
  inVaultFile: 'whole-file-of-the-vault',
  inVaultValue: 'single value/of+the vault?',
  inAgeFile: 'whole-file-of-age~~~',
  inAgeValue: 'a "quoted" value of age \\ it\'s',
  later: 'what-comes-after-it',
  copied: ['-----BEGIN A KEY-----', 'MC4CAQAwBQYDK2VwBCIEIHx0', '-----END A KEY-----'].join('\n'),
  prompted: 'answer-given-by-default',
};

const put = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const vault = (text: string): string => encryptVault(bytes(text), vaultPassword, 'test');
const age = (text: string, isArmored: boolean): Uint8Array =>
  seal(bytes(text), { kind: 'recipients', recipients: [key.recipient] }, isArmored);
const block = (tag: string, content: string | Uint8Array): string =>
  `!${tag} |\n${Buffer.from(content).toString().trimEnd().replaceAll(/^/gm, '  ')}\n`;

const playbook = `- hosts: all
  vars_files: [age.yaml]
  vars_prompt:
    - { name: prompted, default: ${secrets.prompted} }
  tasks:
    - name: A folder
      file: { path: /etc/secret, state: directory, mode: "0755" }
    - name: A file with all of them
      copy:
        dest: /etc/secret/all
        mode: "0600"
        content: |
          first {{ in_vault_file }}
          second {{ in_vault_value }} and {{ in_age_file }}
          third {{ in_age_value }} {{ prompted }}
          encoded {{ in_vault_value | b64encode }}
    - name: A vaulted file
      copy: { src: key.pem, dest: /etc/secret/key.pem, mode: "0600" }
    - name: A line with one
      lineinfile: { path: /etc/secret/line, line: "fourth: {{ in_vault_file }}", create: true, mode: "0600" }
    - name: An account named {{ in_vault_file }}
      user: { name: someone, comment: "x", password: "{{ in_age_file }}" }
    - name: What a command prints in two pieces, and in base64
      shell: |
        head -c 15 /etc/secret/all
        sleep 1
        tail -c +16 /etc/secret/all
        cat /etc/secret/key.pem >&2
        base64 /etc/secret/all
        base64 -w 0 /etc/secret/key.pem
      args: { creates: /etc/secret/printed }
      register: printed
    - name: Done with it
      file: { path: /etc/secret/printed, state: touch, mode: "0644", access_time: preserve, modification_time: preserve }
    - name: What it has printed
      debug: { var: printed }
    - name: A command with one in its environment
      shell: test -n "$TOKEN" && test "$(printf %s "$TOKEN" | wc -c)" -gt 3
      environment: { TOKEN: "{{ in_age_value }}" }
      changed_when: false
`;

const writeProject = async (inVaultValue: string): Promise<readonly string[]> => {
  await put('inventory.yaml', inventoryOf({ hosts: [host], group: 'web', playbook: '' }));
  await put('known_hosts', await readFile(host.knownHostsPath));
  await put('group_vars/all/vault.yaml', vault(`in_vault_file: ${secrets.inVaultFile}\n`));
  await put(
    'group_vars/all/values.yaml',
    `in_vault_value: ${block('vault', vault(inVaultValue))}in_age_value: ${block('age', age(secrets.inAgeValue, true))}`,
  );
  await put('age.yaml', age(`in_age_file: ${secrets.inAgeFile}\n`, false));
  await put('files/key.pem', vault(`${secrets.copied}\n`));
  await put('playbook.yaml', playbook);
  await put('password', `${vaultPassword}\n`);
  await put('identity', `${key.identity}\n`);
  await put('home/.ssh/known_hosts', await readFile(host.knownHostsPath));
  const at = (path: string): string => join(folder, path);
  return [
    at('inventory.yaml'),
    at('playbook.yaml'),
    '--vault-id',
    `test@${at('password')}`,
    '--age-identity',
    at('identity'),
    '-vvv',
    '--diff',
  ];
};

const run = async (mode: string, args: readonly string[]) => {
  const command = [program, mode, ...args];
  const options = { env: { ...process.env, HOME: join(folder, 'home') }, maxBuffer: 2 ** 28 };
  const child = promisify(execFile)(process.execPath, command, options);
  child.child.stdin?.end();
  try {
    return { status: 0, ...(await child) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
};

/** A secret's lines, and its base64 at each of the three alignments, without what hangs on its neighbours. */
const patternsOf = (secret: string): readonly string[] =>
  secret.split('\n').flatMap((line) => [
    line,
    ...[0, 1, 2].flatMap((skip) =>
      (['base64', 'base64url'] as const).map((form) =>
        Buffer.concat([Buffer.alloc(skip), Buffer.from(line)])
          .toString(form)
          .slice(4, 4 * Math.floor((skip + line.length) / 3)),
      ),
    ),
  ]);

const patterns = [...new Set([...Object.values(secrets), vaultPassword, key.identity].flatMap(patternsOf))];

const foundIn = (text: string): readonly string[] => {
  const joined = text.replaceAll(/\n\s*/g, '');
  return patterns.filter((pattern) => text.includes(pattern) || joined.includes(pattern));
};

const filesBelow = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(path, name));

/** Collects the argument lists of all processes of the host, until it is told to stop. */
const watchArguments = async () => {
  await host.run(`mkdir -p -m 0700 /root/watch
cat >/root/watch/run <<'EOF'
while [ ! -e /root/watch/stop ]; do
  for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <"$file" 2>/dev/null; echo; done
  sleep 0.02
done | awk 'NF && !seen[$0]++' >/root/watch/seen
touch /root/watch/stopped
EOF
setsid sh /root/watch/run >/dev/null 2>&1 </dev/null &`);
  return async (): Promise<string> =>
    await host.run(
      'touch /root/watch/stop; while [ ! -e /root/watch/stopped ]; do sleep 0.1; done; cat /root/watch/seen',
    );
};

test('of secrets nothing is to be seen: in no output, no argument list, no journal, no file that others can read', async () => {
  const stopWatching = await watchArguments();
  const first = await writeProject(secrets.inVaultValue);
  const json = join(folder, 'report.json');
  const outputs = [
    await run('check', [...first, '-o', 'plain']),
    await run('apply', [...first, '-o', 'plain']),
    await run('check', [...first, '-o', 'json', '--output-file', json]),
    await run('list', first.slice(0, -2)),
  ];
  const later = await writeProject(secrets.later);
  const [junit, html, history] = ['report.xml', 'report.html', 'history'].map((name) => join(folder, name));
  const reports = ['-o', `junit=${junit}`, '-o', `html=${html}`, '--history', `${history}`];
  outputs.push(await run('check', [...later, '-o', 'json']), await run('apply', [...later, ...reports]));
  outputs.push(await run('check', [...later, ...reports]));
  outputs.push(await run('check', [...later, '-o', 'progress']));
  expect(
    outputs.map(({ status }) => status),
    outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
  ).toEqual([8, 0, 0, 0, 8, 0, 0, 0]);

  const written = await host.run('cat /etc/secret/all /etc/secret/line /etc/secret/key.pem');
  for (const secret of [
    secrets.inVaultFile,
    secrets.later,
    secrets.inAgeFile,
    secrets.inAgeValue,
    secrets.copied,
    secrets.prompted,
  ])
    expect(written).toContain(secret);
  expect(await host.run("stat -c '%a' /etc/secret/all /etc/secret/key.pem")).toBe('600\n600');

  const files = [json, `${junit}`, `${html}`, ...(await filesBelow(`${history}`))];
  expect(files.length).toBeGreaterThan(4);
  const shown = [
    ...outputs.map(({ stdout, stderr }) => stdout + stderr),
    ...(await Promise.all(files.map((file) => readFile(file, 'utf8')))),
  ];
  expect(shown.map(foundIn)).toEqual(shown.map(() => []));
  expect(shown.join('\n')).toContain('second ******** and ********');
  expect(shown[1]).toContain('first ********');

  await host.run("sh -c 'sleep 0.5; :' what-the-watch-sees");
  const seen = await stopWatching();
  expect(seen).toContain('what-the-watch-sees');
  expect(foundIn(seen)).toEqual([]);

  await host.run(
    `umask 077; base64 -d >/root/watch/patterns <<'EOF'\n${Buffer.from(`${patterns.join('\n')}\n`).toString('base64')}\nEOF`,
  );
  // What is put there on purpose is found: those who look do see.
  const [sought = ''] = patterns;
  await host.run(
    `logger -t put-there '${sought}'; printf '%s\\n' '${sought}' >/etc/put-there; chmod 0644 /etc/put-there`,
  );
  const journal = await host.run(
    'journalctl --sync; journalctl --no-pager -o short | grep -F -f /root/watch/patterns',
  );
  expect(journal.split('\n')).toEqual([expect.stringMatching(/ put-there\[\d+\]: /)]);
  const readable = await host.run(
    'find / /run /dev/shm /tmp -xdev -type f -perm -o=r -print0 | xargs -0 grep -l -F -f /root/watch/patterns -- || :',
  );
  expect(readable).toBe('/etc/put-there');
});
