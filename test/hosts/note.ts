/** Tells on stderr, in a line, what a test run does to the machine it runs on. */
export function note(line: string): void {
  process.stderr.write(`test hosts: ${line}\n`);
}
