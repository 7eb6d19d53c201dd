import { execa } from 'execa';

/**
 * Runs the docker command line against the engine that `ensureEngine` chose.
 *
 * @returns its standard output, trimmed
 * @throws ExecaError with the command and the end of its stderr, on a non-zero status or after `timeoutMs`
 */
export async function docker(args: readonly string[], { timeoutMs = 0 } = {}): Promise<string> {
  const { stdout } = await execa('docker', args, { stdin: 'ignore', timeout: timeoutMs });
  return stdout.trim();
}

/** As `docker`, but says whether it exited with 0 and never throws; a missing program is "no". */
export async function dockerSucceeds(
  args: readonly string[],
  options: { timeoutMs?: number; env?: Record<string, string> } = {},
): Promise<boolean> {
  const result = await execa('docker', args, {
    stdio: 'ignore',
    reject: false,
    timeout: options.timeoutMs ?? 0,
    env: options.env ?? {},
  });
  return result.exitCode === 0;
}
