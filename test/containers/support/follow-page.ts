import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { TestHost } from '../../hosts/host.ts';
import { codeBlocks } from '../../support/code-blocks.ts';

/** A folder in which somebody does what a page says. */
export interface Reader extends AsyncDisposable {
  readonly folder: string;
  /** Runs a command line as people type it. @returns what it printed, standard error last, without the line end */
  run(command: string): Promise<{ readonly output: string; readonly exitCode: number | undefined }>;
}

/** What a command of a page should have printed, and what it did. */
export interface Session {
  readonly command: string;
  readonly wanted: string;
  readonly printed: string;
}

/**
 * A folder with the package in it as it is published, and ways to hosts.
 *
 * @param hosts  by the addresses that they have in the page; ssh's configuration leads to them
 * @param installed  false: the archive lies in the folder, and the page says how it is installed
 */
export const startReader = async (
  hosts: Readonly<Record<string, TestHost>>,
  { installed = true } = {},
): Promise<Reader> => {
  // Short, since long summaries are cut.
  const folder = await mkdtemp('/tmp/syn-');
  const bin = join(folder, 'bin');
  const config = Object.entries(hosts).map(
    ([address, host]) => `Host ${address}
  HostName ${host.address}
  Port ${host.port}
  IdentityFile ${host.privateKeyPath}
`,
  );
  await mkdir(join(folder, '.ssh'), { mode: 0o700 });
  await writeFile(join(folder, '.ssh/config'), config.join(''));
  await mkdir(bin);
  const { stdout: ssh } = await execa('sh', ['-c', 'command -v ssh']);
  // ssh asks the system for the home, not HOME.
  const sshOptions = `-F ${join(folder, '.ssh/config')} -o UserKnownHostsFile=${join(folder, '.ssh/known_hosts')}`;
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec ${ssh} ${sshOptions} "$@"\n`);
  await chmod(join(bin, 'ssh'), 0o755);
  await execa('npm', ['pack', '--silent', '--pack-destination', folder]);
  const env = {
    HOME: folder,
    PATH: `${bin}:${join(folder, 'npm/bin')}:${process.env['PATH']}`,
    npm_config_prefix: join(folder, 'npm'),
    npm_config_cache: process.env['npm_config_cache'] ?? join(tmpdir(), 'syn-deploy-npm'),
  };
  const options = { cwd: folder, env, stdin: 'ignore', reject: false } as const;
  const run: Reader['run'] = async (command) => {
    const { stdout, stderr, exitCode } = await execa('bash', ['-c', command], options);
    return { output: [stdout, stderr].filter((text) => text !== '').join('\n'), exitCode };
  };
  if (installed) await run('npm install --global ./syn-deploy-*.tgz');
  return {
    folder,
    run,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
};

/** The home in the pages. */
const home = '/home/alice';

/** What differs from run to run: times, places, and what is drawn by lot. */
const steady = (text: string, { folder }: Reader): string =>
  text
    .replaceAll(folder, home)
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/\d+\.\d s\b/g, 'T s')
    .replaceAll(/SHA256:[\w+/=]+/g, 'SHA256:…');

const sessionsOf = (block: string): readonly { readonly command: string; readonly wanted: string }[] =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...lines] = part.trimEnd().split('\n');
      return { command, wanted: lines.join('\n') };
    });

/**
 * Does what a page says, in its order: files (`yaml` and `ini` blocks whose first line names them) are written, each line of `sh`
 * blocks has to succeed, and what those of `console` blocks print is kept.
 *
 * @throws Error when a line of an `sh` block fails
 */
export const followPage = async (page: string, reader: Reader): Promise<readonly Session[]> => {
  const sessions: Session[] = [];
  for (const { language, text } of codeBlocks(await readFile(page, 'utf8'))) {
    const path = /^# ([\w.-]*[./][\w./-]+)\n/.exec(text)?.[1];
    if (path !== undefined) {
      await mkdir(dirname(join(reader.folder, path)), { recursive: true });
      await writeFile(join(reader.folder, path), text);
    }
    for (const command of language === 'sh' ? text.trimEnd().split('\n') : []) {
      const { output, exitCode } = await reader.run(command);
      if (exitCode !== 0) throw new Error(`${page}: ${command}: ${exitCode}\n${output}`);
    }
    for (const { command, wanted } of language === 'console' ? sessionsOf(text) : [])
      sessions.push({
        command,
        wanted: steady(wanted, reader),
        printed: steady((await reader.run(command)).output, reader),
      });
  }
  return sessions;
};
