import type { z } from 'zod';
import type { Action, ActionOutcome } from './action.ts';
import type { FactKey, Facts, Identity } from './fact.ts';
import type { Variables } from './located.ts';

/** A file on the machine that runs syn-deploy. */
export interface ControllerFile {
  /** Path as messages show it. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Permission bits, four octal digits: `0644`. */
  readonly mode: string;
}

/** A folder on the machine that runs syn-deploy: what is in it, by path relative to it, sorted. */
export interface ControllerTree {
  readonly files: ReadonlyMap<string, ControllerFile>;
  /** Each of them behind the one that it is in. */
  readonly folders: readonly string[];
  /** Links that are not followed, and what they hold. */
  readonly links: ReadonlyMap<string, string>;
}

/** How a folder is read. */
export interface TreeOptions {
  /** False: files that are encrypted are taken as they lie there. Default true. */
  readonly decrypt?: boolean | undefined;
  /** False: links are told as such. True: only those that lead to nothing, or to a folder that they are in. Default true. */
  readonly follow?: boolean | undefined;
}

/** What is at a path of this machine, when it is there. */
export interface LocalFile {
  readonly path: string;
  readonly kind: 'file' | 'directory' | undefined;
  /** Of a file. */
  readonly bytes: Uint8Array | undefined;
}

/** Template syntax that a `template` task may set; defaults are Ansible's (trim_blocks true, lstrip_blocks false). */
export interface RenderOptions {
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  /** What begins and ends tags, where that is not what Jinja2 has itself (`{% %}`, `{{ }}`, `{# #}`). */
  readonly delimiters?:
    | {
        readonly block: readonly [start: string, end: string];
        readonly variable: readonly [start: string, end: string];
        readonly comment: readonly [start: string, end: string];
      }
    | undefined;
  /** Variables for this rendering only, stronger than all others. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** For messages: the file the text came from. */
  readonly file?: string;
}

/** What a module may know besides its parameters and facts. Pure: the same calls give the same answers. */
export interface TaskContext {
  /** The account the task acts as on the host ("become" resolved), and its environment. */
  readonly identity: Identity;
  /** `changed_when: false` or `check_mode: false` stands on the task: its command only looks, so it runs when we look. */
  readonly readOnly: boolean;
  readonly checkMode: boolean;
  /** `diff: true` stands on the task: its result holds the texts before and after. */
  readonly diff: boolean;
  /** `no_log`, or a secret among the parameters. */
  readonly secret: boolean;
  /** Value of a Jinja expression. @throws Blocked, TaskFailure (undefined variable, with its place) */
  evaluate(expression: string): unknown;
  /** Whether a condition holds, where values of any type may be one (`compat: truthy`); undefined elsewhere. */
  readonly holds?: ((condition: string) => boolean) | undefined;
  /** Text of a Jinja template. @throws Blocked, TaskFailure */
  render(text: string, options?: RenderOptions): string;
  /**
   * A file of the project, found as Ansible finds it: the role's `files/` or `templates/`, then the folder of the
   * tasks file, then the playbook's `files/` or `templates/`, then the playbook's own folder; absolute paths as they are.
   * @param decrypt  false: one that is encrypted is taken as it lies there
   * @throws TaskFailure naming the places that were searched
   */
  readFile(name: string, folder: 'files' | 'templates', decrypt?: boolean): ControllerFile;
  /** A file of this machine that the task may write: a relative path starts at the playbook. Nothing of it is brought to hosts. */
  localFile(path: string): LocalFile;
  /** What is in a folder of the project, which is found as above. */
  readTree(name: string, folder: 'files' | 'templates', options?: TreeOptions): ControllerTree;
}

/** What a task wants done on a host, and what it will have to say. */
export interface TaskPlan {
  /** Empty: as wanted. */
  readonly actions: readonly Action[];
  /**
   * What `register` keeps, known already now: `{ stat: … }`. `changed` and `skipped` are the engine's; `failed: true` is the
   * module's own verdict, with `msg`, which `failed_when` overrules.
   */
  readonly result?: Readonly<Record<string, unknown>> | undefined;
  /** Keys of the result that only exist once the actions have run, from their outcomes. @throws TaskFailure */
  readonly finish?: ((outcomes: readonly ActionOutcome[]) => Readonly<Record<string, unknown>>) | undefined;
  /** `finish` may say `changed: false`: only what has run tells whether it changed anything. */
  readonly mayBeUnchanged?: boolean | undefined;
  /** In place of the above where `check_mode: true` stands on the task, so that its actions are left undone. */
  readonly undone?: Readonly<Record<string, unknown>> | undefined;
  /** Shown to people: what `debug` prints. */
  readonly message?: string | undefined;
  /** `set_fact`: variables of the host from here on. */
  readonly setFacts?: Readonly<Record<string, unknown>> | undefined;
  /** What was found out about the host: variables from here on, that are in `ansible_facts` too. */
  readonly ansibleFacts?: Readonly<Record<string, unknown>> | undefined;
  /** `include_vars`: variables of the host from here on, as they were written; weaker than `setFacts`, whenever those were set. */
  readonly includedVars?: Variables | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** Something on the host that a task manages, for the manifest: a fact and how to take it away again. */
export interface Claim {
  readonly key: FactKey;
  /** What is wanted of it, as JSON-able data without secrets (hash them); its hash is kept on the host. */
  readonly wanted: unknown;
  /** False for what must never be pruned (packages, accounts, a file that others own too). Default true. */
  readonly prunable?: boolean | undefined;
}

/** Something odd about a task's parameters. */
export interface Lint {
  /** The parameter whose value is odd. Without one the warning is about which parameters are given, not about values. */
  readonly param?: string;
  readonly code: string;
  readonly message: string;
}

/** What a lint may know of the task. */
export interface LintedTask {
  /** `changed_when: false` or `check_mode: false` stands on it, as in `TaskContext`. */
  readonly readOnly: boolean;
  /** `compat: truthy` stands on the role or the play. */
  readonly truthy?: boolean | undefined;
}

/**
 * A kind of task. Pure: which facts it needs, and which actions follow from them.
 * Everything users see of it (validation, reference, JSON Schema) comes from `params` and the texts here.
 */
export interface Module<P = unknown> {
  readonly name: string;
  /** One sentence for the reference. */
  readonly summary: string;
  /** YAML examples for the reference; tests parse and validate them. */
  readonly examples: string;
  /** A `z.strictObject`, each key described. Unless marked (see `modules/params/`), values arrive rendered. */
  readonly params: z.ZodType<P>;
  /** Other names of parameters, Ansible's: `{ dest: 'path' }`. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** The parameter that a bare string fills (`command: ls -l`); `key=value` words before it are parameters. */
  readonly freeForm?: string | undefined;
  /**
   * Parameters whose strings are Jinja expressions or templates that the module evaluates itself through the context
   * (`assert.that`, `debug.var`): they arrive unrendered.
   */
  readonly raw?: readonly string[] | undefined;
  /** Parameters that are file modes: a YAML `0644` reaches the schema as the string "0644", `644` is a diagnostic. */
  readonly modes?: readonly string[] | undefined;
  /** Parameters that name a file of the project, and where it is looked for: `{ src: 'templates' }`. Checked when read. */
  readonly projectFiles?: Readonly<Record<string, 'files' | 'templates'>> | undefined;
  /** Names of parameters may be templates, too: `sets` and the schema see them as they are written, `plan` rendered. */
  readonly templatedNames?: boolean | undefined;
  /** Ansible's words where what is required is not given, which tests of roles look for. Default: its usual ones. */
  readonly whenMissing?: string | undefined;
  /** What is registered beside `msg` where the parameters are wrong. */
  readonly refusal?: Readonly<Record<string, unknown>> | undefined;
  /** Its action is a command of the user's, which may be left running (`poll: 0`). */
  readonly detachable?: boolean | undefined;
  /** Its result is what is asked for, more than what it changes: `syn-deploy run` shows it. */
  readonly tells?: boolean | undefined;
  /** Parameters whose values must never be shown. */
  readonly secrets?: readonly string[] | undefined;
  /** Parts of other parameters that must never be shown: a token in an address. */
  secretParts?(params: P): readonly string[];
  /**
   * Warnings that need no host: a `lineinfile` whose regexp does not match its own line. Those with a `param` are shown
   * only for tasks without templates.
   */
  lint?(params: P, task?: LintedTask): readonly Lint[];
  /** Names of the variables that `setFacts` and `ansibleFacts` will have; parameters as they are written, not rendered. */
  sets?(args: Readonly<Record<string, unknown>>): readonly string[];
  facts(params: P, context: TaskContext): readonly FactKey[];
  plan(params: P, facts: Facts, context: TaskContext): readonly Action[] | TaskPlan;
  claims?(params: P, context: TaskContext): readonly Claim[];
}

/** A module of any parameters, as the registry keeps it. */
export type AnyModule = Module<unknown>;

/** Modules by task key; `service` and `systemd_service` may name the same module. */
export type ModuleRegistry = ReadonlyMap<string, AnyModule>;

/** Gives the parameters their type from the schema. */
export const defineModule = <S extends z.ZodType>(
  module: Omit<Module<z.infer<S>>, 'params'> & { readonly params: S },
): Module<z.infer<S>> => module as Module<z.infer<S>>;
