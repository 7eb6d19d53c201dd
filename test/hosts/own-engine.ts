import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerSucceeds } from './docker.ts';
import { note } from './note.ts';

const dataRoot = '/var/lib/syn-deploy-test/docker';
const runDir = '/run/syn-deploy-test';
const logFile = '/var/log/syn-deploy-test-dockerd.log';

/** Where the engine that the tests start listens; apart from the usual socket, so that no other engine is in the way. */
export const ownSocket = `unix://${runDir}/docker.sock`;

/**
 * Starts dockerd with a data root, a socket and a log of its own, detached, and waits until it answers.
 *
 * Where /sys/fs/cgroup is not cgroup v2, dockerd gets a mount namespace in which it is: systemd in the containers
 * needs it, and the options of a container are then the same everywhere.
 *
 * @throws Error with the end of the log when it does not answer within 60 s
 */
export async function startOwnEngine(): Promise<void> {
  note(`starting a Docker engine: data in ${dataRoot}, log in ${logFile}; it is left running`);
  mkdirSync(dataRoot, { recursive: true });
  mkdirSync(runDir, { recursive: true });
  const log = openSync(logFile, 'a');
  const dockerd = [
    'exec dockerd',
    `--host ${ownSocket}`,
    `--data-root ${dataRoot}`,
    `--exec-root ${runDir}/exec`,
    `--pidfile ${runDir}/dockerd.pid`,
    // A host's ports are for this machine only, whoever forgets to say so.
    '--ip 127.0.0.1',
  ].join(' ');
  const cgroup2 =
    '[ -e /sys/fs/cgroup/cgroup.controllers ] || { umount -R /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; }';
  // Standard streams and session are its own: a test command must be able to end while the engine runs on.
  const child = spawn('unshare', ['-m', 'sh', '-c', `${cgroup2}\n${dockerd}`], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  child.unref();
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !ended; await sleep(200)) {
    if (await dockerSucceeds(['version'], { timeoutMs: 10_000, env: { DOCKER_HOST: ownSocket } })) return;
  }
  throw new Error(`dockerd does not answer; ${logFile} ends:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}
