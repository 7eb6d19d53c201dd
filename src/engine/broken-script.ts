/**
 * The host's side of a script is not as it has to be: no last mark (no POSIX sh, a forced command, a killed script), marks that make no
 * sense, more output than anybody keeps, a look whose answer cannot be read. An ordinary outcome: the host has failed.
 */
export class BrokenScript extends Error {
  override readonly name = 'BrokenScript';
}
