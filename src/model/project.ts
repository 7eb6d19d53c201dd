/** The files of the machine that runs syn-deploy, as the pure rooms see them. `workspace/` has the real one. */
export interface ProjectFiles {
  /** undefined: nothing there. Paths relative to where the command was started, or absolute. @throws DiagnosticError when unreadable */
  read(path: string): Uint8Array | undefined;
  /** UTF-8. @throws DiagnosticError when the bytes are not UTF-8 */
  text(path: string): string | undefined;
  kind(path: string): 'file' | 'directory' | undefined;
  /** Names in a folder, sorted; empty when it is not there. */
  list(path: string): readonly string[];
  /** Permission bits, four octal digits. */
  mode(path: string): string;
}
