import { spawn } from 'node:child_process';
import { hostFilesRoot } from './host-files.ts';
import { shQuote } from './sh-quote.ts';

/** The label of containers that end with the process that started them; its value is `ownerId`. */
export const ownerLabel = 'syn-deploy-test.owner';

/** Names this process on this machine. */
export const ownerId = `${process.pid}-${Date.now()}`;

let started = false;

/**
 * Has every container and network with this process's `ownerLabel` removed when this process ends, however it ends.
 *
 * A detached child waits for its standard input to close, which the kernel does for us at exit, Ctrl-C and SIGKILL
 * alike; a signal handler would miss the last. It keeps neither this process nor a terminal from ending.
 */
export function startReaper(): void {
  if (started) return;
  started = true;
  const remove = `cat >/dev/null
for name in $(docker ps -a --filter label=${ownerLabel}=${ownerId} --format '{{.Names}}'); do
  docker rm -fv "$name"
  rm -rf ${shQuote(hostFilesRoot)}/"$name"
done
docker network ls --quiet --filter label=${ownerLabel}=${ownerId} | xargs -r docker network rm`;
  const child = spawn('sh', ['-c', remove], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  // A pipe of a child process is a socket to Node: it has to be told not to wait for it.
  (child.stdin as unknown as { unref(): void }).unref();
}
