/** What `lookup()` may reach outside of the variables. The room itself touches neither disk nor environment. */
export interface Lookups {
  /** Environment variable of the machine that runs syn-deploy; undefined when not set. */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** Text of a project file; undefined when there is none. */
  readonly file?: ((path: string) => string | undefined) | undefined;
  /** Text of a template file, unrendered; undefined when there is none. */
  readonly template?: ((path: string) => string | undefined) | undefined;
  /** Whether there is a file, for `first_found`; the path as found. */
  readonly find?: ((path: string) => string | undefined) | undefined;
  /** Output of a command on the machine that runs syn-deploy. */
  readonly pipe?: ((command: string) => string) | undefined;
}
