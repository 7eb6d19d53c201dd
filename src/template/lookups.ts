/** What `lookup('password', …)` is told. */
export interface PasswordRequest {
  readonly path: string;
  readonly length: number;
  /** Characters that a new one is made of; each once. */
  readonly characters: string;
  /** Of one that nobody keeps (`/dev/null`): what it is for, and the same again for that. */
  readonly fleeting?: string | undefined;
}

/** A file or folder as `filetree` shows it. */
export interface TreeEntry {
  /** As it was found. */
  readonly src: string;
  readonly root: string;
  /** Below `root`. */
  readonly path: string;
  readonly state: 'file' | 'directory';
  /** Four octal digits. */
  readonly mode: string;
}

/** What `lookup()` may reach outside of the variables. The room itself touches neither disk nor environment. */
export interface Lookups {
  /** Environment variable of the machine that runs syn-deploy; undefined when not set. */
  readonly env?: ((name: string) => string | undefined) | undefined;
  /** Text of a project file; undefined when there is none. */
  readonly file?: ((path: string) => string | undefined) | undefined;
  /** Text of a template file, unrendered; undefined when there is none. */
  readonly template?: ((path: string) => string | undefined) | undefined;
  /** Of a file that is not there: the name of one that was probably meant. */
  readonly nearest?: ((kind: 'file' | 'template', path: string) => string | undefined) | undefined;
  /** Whether there is a file, for `first_found`; the path as found. */
  readonly find?: ((path: string) => string | undefined) | undefined;
  /** What there is at a path of this machine, for the tests `exists`, `file` and `directory`. */
  readonly kind?: ((path: string) => 'file' | 'directory' | undefined) | undefined;
  /** Paths of the files that a pattern with `*`, `?` and `[…]` in its name fits, sorted. */
  readonly glob?: ((pattern: string) => readonly string[]) | undefined;
  /** Everything below a folder, for `filetree`. */
  readonly tree?: ((path: string) => readonly TreeEntry[]) | undefined;
  /**
   * What a command on the machine that runs syn-deploy prints: run once a run.
   * @throws OperationProblem when it fails; Blocked where nothing is run
   */
  readonly pipe?: ((command: string) => string) | undefined;
  /** When the run began, for `now()`. */
  readonly now?: (() => Date) | undefined;
  /** A text of this run alone, that random values hang on; undefined: there are none without a seed. */
  readonly chance?: (() => string) | undefined;
  /** A password that is kept in a file, made where there is none. @throws OperationProblem; Blocked where nothing is made */
  readonly password?: ((request: PasswordRequest) => string) | undefined;
}
