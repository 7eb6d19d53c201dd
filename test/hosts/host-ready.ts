import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedTestContainer } from 'testcontainers';
import { docker } from './docker.ts';

// `--wait` needs systemd's own socket, which comes a moment after PID 1: before that it fails at once.
const waitForSystemd = `for i in $(seq 600); do
  case $(systemctl is-system-running --wait 2>/dev/null) in
    running) exit 0 ;;
    degraded) systemctl --failed --no-legend --plain; exit 1 ;;
  esac
  sleep 0.1
done
echo 'still not running after 60 s:'; systemctl list-jobs --no-legend; exit 1`;

/**
 * Waits until systemd has started everything.
 *
 * @throws Error that names the failed units, or what systemd still waits for
 */
export async function waitUntilBooted(container: StartedTestContainer): Promise<void> {
  const result = await container.exec(['sh', '-c', waitForSystemd]);
  if (result.exitCode === 0) return;
  const log = await docker(['logs', '--tail', '20', container.getId()]);
  throw new Error(`systemd in ${container.getName()}: ${result.output.trim()}\n${log}`.trim());
}

/** Waits until an SSH server greets on 127.0.0.1:port; an error after 30 s. */
export async function waitUntilGreeted(port: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    if ((await firstBytes(port)).startsWith('SSH-')) return;
  }
  throw new Error(`no SSH server greets on 127.0.0.1:${port}`);
}

/** Refused or closed at once gives '': sshd, or the engine's forwarding, is not there yet. */
function firstBytes(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(String(data));
      socket.destroy();
    });
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}
