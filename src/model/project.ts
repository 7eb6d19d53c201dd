import type { Span } from './span.ts';

/** Opens what is encrypted in a project, and keeps what was in it from being shown. */
export interface Secrets {
  /** Whether it was encrypted in a way that is known here. */
  isSealed(bytes: Uint8Array): boolean;
  /** @param place  where it stands, for messages. @throws DiagnosticError when no password or identity fits */
  open(sealed: Uint8Array, place: Span): Uint8Array;
  /** From now on the text, and each of its lines, is shown nowhere. */
  hide(text: string): void;
}

/**
 * The files of the machine that runs syn-deploy, as the pure rooms see them. `workspace/` has the real one. Encrypted files are
 * read as what is in them.
 */
export interface ProjectFiles {
  /**
   * For what is brought to a host: what was encrypted is hidden from then on, line by line. undefined: nothing there. Paths relative
   * to where the command was started, or absolute. @throws DiagnosticError when unreadable
   */
  read(path: string): Uint8Array | undefined;
  /** UTF-8; nothing of it is hidden. @throws DiagnosticError when the bytes are not UTF-8 */
  text(path: string): string | undefined;
  kind(path: string): 'file' | 'directory' | undefined;
  /** The same, for a path where nothing was: a task of the run may have made it since. */
  again?(path: string): 'file' | 'directory' | undefined;
  /**
   * The same files as they are by now, for what is brought to hosts from here on: a task has acted on this machine. What has been
   * read stays as it was read in those that are asked. Default: they do not change.
   */
  anew?(): ProjectFiles;
  /** How often they were looked at anew. Default: never. */
  readonly age?: number | undefined;
  /** Names in a folder, sorted; empty when it is not there. */
  list(path: string): readonly string[];
  /** What the symbolic link at a path holds; undefined: no link is there. Default: there are none. */
  link?(path: string): string | undefined;
  /** A path with all links followed; undefined where they lead to nothing. Default: the path itself. */
  real?(path: string): string | undefined;
  /** Permission bits, four octal digits. */
  mode(path: string): string;
  /** The bytes as they lie there, encrypted where they are. Default: as `read` has them. */
  stored?(path: string): Uint8Array | undefined;
  /** Whether the file is encrypted. */
  isSealed?(path: string): boolean;
  readonly secrets?: Secrets | undefined;
}
