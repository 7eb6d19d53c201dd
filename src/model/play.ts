import type { Located, Variables } from './located.ts';
import type { AnyModule } from './module.ts';
import type { Span } from './span.ts';

/** A Jinja expression or template as it stands in a file. */
export interface Source {
  readonly text: string;
  readonly span: Span;
}

/** `when`, `changed_when`, …: true, false, or an expression that says so. A list means all of them. */
export type Condition = boolean | Source;

/** A `block` with tasks for when one of its own fails (`rescue`), or for after them however they end (`always`). */
export interface Block {
  /** Unique in the run, as that of a task. */
  readonly id: string;
  readonly hasRescue: boolean;
  readonly hasAlways: boolean;
}

/** The part of a block that a task stands in. */
export interface Within {
  readonly block: Block;
  readonly part: 'block' | 'rescue' | 'always';
}

/** The `when` of an include, which is asked once for all its tasks, before the first of them. */
export interface Gate extends Pick<Inherited, 'when' | 'vars' | 'includeVars'> {
  /** Unique in the run, as that of a task. */
  readonly id: string;
  /** The role that the include stands in. */
  readonly role?: Role | undefined;
}

/** Keywords that a play, a block, an include and a task share; inner ones win, `when`, `tags` and `environment` add up. */
export interface Inherited {
  readonly when: readonly Condition[];
  /** The includes that it came through, outermost first; their conditions are in `when` too. */
  readonly gates?: readonly Gate[] | undefined;
  readonly tags: readonly string[];
  readonly become?: boolean | Source | undefined;
  readonly becomeUser?: string | Source | undefined;
  /** Who is to log in, where no variable of the host says it. */
  readonly remoteUser?: string | Source | undefined;
  /** Weakest first; a text is a template of the whole mapping. */
  readonly environment: readonly Located<Readonly<Record<string, unknown>> | string>[];
  readonly ignoreErrors?: boolean | Source | undefined;
  readonly noLog?: boolean | Source | undefined;
  readonly checkMode?: boolean | Source | undefined;
  readonly diff?: boolean | undefined;
  /** The machine that it acts on, instead of its host. */
  readonly delegateTo?: Source | undefined;
  /** `connection: local`: it acts on the machine that runs this. */
  readonly isLocal?: boolean | undefined;
  /** Only the first host of a batch that comes to it does it, for all of them. */
  readonly runOnce?: boolean | undefined;
  /** When a host fails by it, the play ends for all. */
  readonly anyErrorsFatal?: boolean | undefined;
  /** How many hosts may do it at a time; 0 and undefined: as many as there are. */
  readonly throttle?: number | undefined;
  /** Blocks with `rescue` or `always` around it, outermost first. */
  readonly within?: readonly Within[] | undefined;
  /** `vars:` of blocks, imports (weakest first) and of the task itself (last). */
  readonly vars: readonly Variables[];
  /** `vars:` of include_tasks and include_role, weakest first: stronger than what tasks have set. */
  readonly includeVars: readonly Variables[];
  /** `notify` of the blocks around, for each of their tasks. */
  readonly notifyAlso?: readonly Source[] | undefined;
  /** `module_defaults`: parameters by the name of their module, for tasks that do not give them. */
  readonly moduleDefaults?: ReadonlyMap<string, Located> | undefined;
}

/** The role that a task belongs to. */
export interface Role {
  readonly name: string;
  /** Folder of the role, for its `files/` and `templates/`. */
  readonly folder: string;
  /** Weakest of all but module defaults. */
  readonly defaults: Variables;
  /** As its own tasks see them: of the roles that use it and that it uses, of its files, the `vars:` where it is used. */
  readonly vars: Variables;
  /** Those of its files alone, which all tasks of the play see when it is public. */
  readonly exports: Variables;
  /** False for `include_role` without `public`: only its own tasks see its defaults and vars. */
  readonly isPublic: boolean;
  /** Parameters given where the role is used, beside `role:`. Stronger than what tasks have set. */
  readonly params: Variables;
  /** `compat: truthy` for the tasks of this role; undefined: as the play says. */
  readonly truthy?: boolean | undefined;
  /** The roles that brought it here, innermost first: by an include, or since they depend on it. */
  readonly users?: readonly Role[] | undefined;
}

export interface LoopControl {
  /** A template where the name is one of a variable's value. */
  readonly loopVar: string | Source;
  readonly indexVar?: string | undefined;
  readonly label?: Source | undefined;
  readonly pauseMs?: number | undefined;
  /** `ansible_loop`: where in the loop an item stands. `withItems`: and all items, as `allitems`. */
  readonly extended?: 'withItems' | 'withoutItems' | undefined;
  /** Asked after each item: the first that it holds for is the last. */
  readonly breakWhen?: readonly Condition[] | undefined;
}

export interface Loop {
  /** `loop`, `with_items`, `with_dict`, …: a value to render, giving a list or what a lookup makes one of. */
  readonly items: Located;
  /** The lookup that makes the list: `dict` for `with_dict`. undefined for `loop`, which takes a list as it is. */
  readonly lookup?: string | undefined;
  readonly control: LoopControl;
}

/** One task as it stands in a file, its blocks' and includes' keywords folded in. */
export interface Task extends Inherited {
  /** Nobody wrote it: it reads files of variables of the play, wherever the play is begun. */
  readonly prepares?: boolean | undefined;
  readonly type: 'task';
  /** Unique in the run: place, and the places of the includes it came through. */
  readonly id: string;
  readonly name?: Source | undefined;
  /** The task key as written, without `ansible.builtin.`. */
  readonly moduleName: string;
  readonly module: AnyModule;
  /** Parameters: aliases resolved, free form parsed, modes as strings; values not rendered yet. */
  readonly args: Located<Readonly<Record<string, unknown>>>;
  readonly loop?: Loop | undefined;
  readonly register?: string | undefined;
  readonly changedWhen?: readonly Condition[] | undefined;
  readonly failedWhen?: readonly Condition[] | undefined;
  readonly until?: readonly Condition[] | undefined;
  readonly retries: number;
  readonly delayMs: number;
  /** `poll: 0`: its command is started, and goes on for as long as `async` says, in seconds, with nobody waiting for it. */
  readonly background?: number | Source | undefined;
  /** Names of handlers or topics; may be templates. */
  readonly notify: readonly Source[];
  readonly prune?: boolean | undefined;
  readonly role?: Role | undefined;
  /** Folder of the file it stands in, for relative files. */
  readonly folder: string;
  readonly span: Span;
}

/** A handler: a task that runs when notified. */
export interface Handler extends Task {
  /** Topics besides its name. */
  readonly listen: readonly string[];
}

/** `include_tasks` whose file depends on variables, or that loops; read when its turn comes. */
export interface IncludeTasks extends Inherited {
  readonly type: 'include';
  readonly id: string;
  readonly file: Source;
  readonly loop?: Loop | undefined;
  readonly role?: Role | undefined;
  readonly folder: string;
  readonly span: Span;
  readonly name?: Source | undefined;
  /** `include_role` with a template or a loop: what `tasks_from` and its like say; `file` is the name of the role. */
  readonly from?: Readonly<Record<string, Source>> | undefined;
  /**
   * Reads the file (path as rendered), or the role, and gives its entries. Handlers of a role join those of the play.
   *
   * @param from  rendered
   * @throws DiagnosticError
   */
  load(
    path: string,
    itemVars: Readonly<Record<string, unknown>>,
    from?: Readonly<Record<string, string>>,
  ): readonly Entry[];
}

/** `meta: flush_handlers` and its like. */
export interface Meta extends Inherited {
  readonly type: 'meta';
  readonly id: string;
  readonly action: 'flush_handlers' | 'noop' | 'end_play' | 'end_batch' | 'end_role' | 'end_host';
  readonly role?: Role | undefined;
  readonly span: Span;
}

export type Entry = Task | IncludeTasks | Meta;

/** An entry of `vars_prompt`: a variable that whoever starts the run is asked for. */
export interface Prompt {
  readonly name: string;
  /** The question; default: the name. */
  readonly prompt: Source | undefined;
  /** The default. */
  readonly preset: Source | undefined;
  /** Not shown as it is typed, nor anywhere later. */
  readonly isPrivate: boolean;
  /** Asked twice. */
  readonly confirm: boolean;
  /** The answer is never a template. */
  readonly isUnsafe: boolean;
  readonly span: Span;
}

/** How many hosts go through a play at once. */
export interface BatchSize {
  readonly size: number;
  /** `percent`: of the hosts of the play; at least one host. */
  readonly unit: 'hosts' | 'percent';
}

export interface Play {
  readonly name: string;
  readonly span: Span;
  /** Path of the playbook file; its folder is `playbook_dir`. */
  readonly playbook: string;
  readonly hosts: Source;
  readonly gatherFacts: boolean;
  readonly prune: boolean;
  readonly vars: Variables;
  readonly prompts?: readonly Prompt[] | undefined;
  /** Files named by `vars_files`, rendered per host where they hold templates, else read already. */
  readonly varsFiles: readonly Variables[];
  readonly roles: readonly Role[];
  /** Account to log in as, and sshd's port, where variables do not say; may be templates. */
  readonly remoteUser?: Source | undefined;
  readonly port?: Source | undefined;
  /** `connection: local` for the whole play. */
  readonly isLocal?: boolean | undefined;
  /** Sizes of batches, in order; the last one holds on. undefined: all hosts at once. */
  readonly serial?: readonly BatchSize[] | undefined;
  /** The first host that fails ends the play for all. */
  readonly anyErrorsFatal?: boolean | undefined;
  /** The play ends for all once more than this share of its hosts has failed. */
  readonly maxFailPercentage?: number | undefined;
  /** pre_tasks, roles, tasks, post_tasks in that order, with a flush of handlers between them as Ansible has it. */
  readonly entries: readonly Entry[];
  /** Those of roles that are included while running are added when they are read. */
  readonly handlers: readonly Handler[];
  /** Truthiness as Ansible before 2.19 had it: `compat: truthy`. */
  readonly truthy: boolean;
}

/** Whether a task is delegated to the machine that runs it, as far as that is plain: it may make files that tasks after it name. */
export const isDoneHere = ({ delegateTo, isLocal }: Pick<Task, 'delegateTo' | 'isLocal'>): boolean =>
  isLocal === true || (delegateTo !== undefined && /^(?:localhost|127\.0\.0\.1)$/.test(delegateTo.text));
