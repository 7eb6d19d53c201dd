/** The machine that runs syn-deploy, as ssh's configuration asks about it. `transport/` has the real one. */
export interface SshMachine {
  /** Home directory of the account that runs syn-deploy, without a slash at the end. */
  readonly home: string;
  /** Its name. */
  readonly localUser: string;
  readonly userId: number;
  readonly hostName: string;
  /**
   * A file of configuration.
   *
   * @param mustBeOwn  refuse one that others may write, as ssh does with the user's own
   * @returns undefined: it is not there
   * @throws DiagnosticError when it cannot be read or is refused
   */
  text(path: string, mustBeOwn: boolean): string | undefined;
  /** The files that match, sorted, as glob(3) finds them. @param pattern  absolute */
  glob(pattern: string): readonly string[];
  /** Runs a command line by the user's shell (`Match exec`): whether it ends with 0. */
  succeeds(command: string): boolean;
  /** Whether an address of this machine lies in one of the comma-separated networks (`Match localnetwork`). */
  isInNetwork(networks: string): boolean;
  env(name: string): string | undefined;
  /** Of another account; undefined: there is none. */
  homeOf(user: string): string | undefined;
}
