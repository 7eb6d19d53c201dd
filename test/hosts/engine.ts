import { aptInstall, canInstallPackages } from './apt-install.ts';
import { docker, dockerSucceeds } from './docker.ts';
import { withLock } from './lock.ts';
import { note } from './note.ts';
import { ownSocket, startOwnEngine } from './own-engine.ts';

let ready: Promise<void> | undefined;

/**
 * Makes sure that a Docker engine answers, and that this process and its children use it (DOCKER_HOST).
 *
 * In this order: the engine that the docker command line already reaches; the one that an earlier test run started;
 * as root on Debian, a new one, installed where it is missing and left running. Each step that changes the machine is
 * told on stderr. Cheap after the first call, and safe in many processes at once.
 *
 * @throws Error when no engine answers and this user cannot start one
 */
export function ensureEngine(): Promise<void> {
  ready ??= findOrStart();
  return ready;
}

async function findOrStart(): Promise<void> {
  // Set before testcontainers is asked for anything. It takes a bridge address for the host where it believes itself
  // inside a container, and its clean-up container would have to be pulled: `reaper.ts` does that work.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  if (await useRunning()) return;
  if (!canInstallPackages()) {
    throw new Error(
      'no Docker engine answers (docker info), and only root on Debian can have one started by the tests: start Docker and try again',
    );
  }
  await withLock('engine', async () => {
    if (await useRunning()) return;
    await aptInstall(['docker.io', 'iptables']);
    // Where systemd runs, the package has started an engine itself by now.
    if (await useRunning()) return;
    await startOwnEngine();
    if (!(await useRunning())) throw new Error('the Docker engine started by the tests does not answer');
  });
}

async function useRunning(): Promise<boolean> {
  if (await answers()) {
    // testcontainers does not read the contexts of the docker command line.
    process.env['DOCKER_HOST'] ??= await docker([
      'context',
      'inspect',
      '--format',
      '{{.Endpoints.docker.Host}}',
    ]);
    return true;
  }
  if (!(await answers(ownSocket))) return false;
  if (process.env['DOCKER_HOST'] !== undefined) note(`DOCKER_HOST does not answer; using ${ownSocket}`);
  process.env['DOCKER_HOST'] = ownSocket;
  return true;
}

function answers(host?: string): Promise<boolean> {
  return dockerSucceeds(['version', '--format', '{{.Server.Version}}'], {
    timeoutMs: 10_000,
    ...(host === undefined ? {} : { env: { DOCKER_HOST: host } }),
  });
}
