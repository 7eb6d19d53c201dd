import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerSucceeds } from './docker.ts';
import { note } from './note.ts';

const dataRoot = '/var/lib/syn-deploy-test/docker';
const runDir = '/run/syn-deploy-test';
const pidFile = `${runDir}/dockerd.pid`;
const logFile = '/var/log/syn-deploy-test-dockerd.log';

/** Where the engine that the tests start listens; apart from the usual socket, so that no other engine is in the way. */
export const ownSocket = `unix://${runDir}/docker.sock`;

/**
 * Starts dockerd with a data root, a socket and a log of its own, detached, and waits until it answers.
 *
 * Where /sys/fs/cgroup is not cgroup v2, dockerd gets a mount namespace in which it is: systemd in the containers
 * needs it, and the options of a container are then the same everywhere. The caller holds the lock.
 *
 * @throws Error with the end of the log when it does not answer within 60 s
 */
export async function startOwnEngine(): Promise<void> {
  if (!isStarting()) {
    note(`starting a Docker engine: data in ${dataRoot}, log in ${logFile}; it is left running`);
    // Where /run outlives a boot, the last engine's process id may be another process's by now.
    rmSync(runDir, { recursive: true, force: true });
    spawnEngine();
  }
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
    if (await dockerSucceeds(['version'], { timeoutMs: 10_000, env: { DOCKER_HOST: ownSocket } })) return;
  }
  throw new Error(`dockerd does not answer; ${logFile} ends:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}

function spawnEngine(): void {
  mkdirSync(dataRoot, { recursive: true });
  mkdirSync(runDir, { recursive: true });
  const log = openSync(logFile, 'a');
  const script = `[ -e /sys/fs/cgroup/cgroup.controllers ] || {
  umount -R /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
}
exec dockerd --host ${ownSocket} --data-root ${dataRoot} --exec-root ${runDir}/exec --pidfile ${pidFile} --ip 127.0.0.1`;
  // Session and standard streams are its own: a test command must be able to end while the engine runs on.
  spawn('unshare', ['-m', 'sh', '-c', script], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  }).unref();
}

/** A process that started the engine may have died before it answered. */
function isStarting(): boolean {
  try {
    const pid = readFileSync(pidFile, 'utf8').trim();
    return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'dockerd\n';
  } catch {
    return false;
  }
}
