/**
 * Text that already is POSIX sh. Everything else becomes sh only through the quoting `sh` template of
 * `shell/sh.ts`, so a plain string can never be run by mistake.
 */
export interface Sh {
  readonly sh: string;
}
