import { ansibleModules } from '../../language/ansible-modules.ts';
import { bareName } from '../../language/bare-name.ts';
import { Fields, isMapping } from '../../language/fields.ts';
import { Problems } from '../../language/problems.ts';
import { ifItsTurnComes } from '../../language/stand-in.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Located } from '../../model/located.ts';
import { renderPlace, type Span } from '../../model/span.ts';
import { containsSpan, ownChecks } from './own-checks.ts';
import type { ReadSite } from './read-site.ts';

/** Why something does not run as it is. */
export type CauseKind =
  | 'module'
  | 'keyword'
  | 'stricter'
  | 'template'
  | 'variable'
  | 'missing'
  | 'secret'
  | 'other';

/** A place where a cause shows. */
export interface Finding {
  /** `file:line:column`; null where no file is at fault. */
  readonly place: string | null;
  readonly message: string;
  readonly code: string;
}

/** One cause, and everything that it stops. */
export interface Cause {
  readonly kind: CauseKind;
  /** The module, the keyword, or what is wrong in words. */
  readonly what: string;
  readonly instead: string | null;
  /** How many tasks it stops. */
  readonly tasks: number;
  readonly findings: readonly Finding[];
}

/** The answer: how much runs, and why the rest does not. */
export interface Diagnosis {
  readonly tasks: { readonly total: number; readonly asTheyAre: number };
  /** Those that stop most tasks first, by kind. */
  readonly causes: readonly Cause[];
  readonly warnings: readonly Diagnostic[];
}

const kinds: readonly CauseKind[] = [
  'module',
  'keyword',
  'stricter',
  'template',
  'variable',
  'missing',
  'secret',
  'other',
];

const kindByCode: Readonly<Record<string, CauseKind>> = {
  'unknown-module': 'module',
  'module-not-here': 'module',
  'not-supported-yet': 'keyword',
  'unknown-key': 'stricter',
  'unknown-parameter': 'stricter',
  'bad-parameter': 'stricter',
  'missing-parameter': 'stricter',
  'repeated-parameter': 'stricter',
  'bad-mode': 'stricter',
  'bad-value': 'stricter',
  'bad-free-form': 'stricter',
  'bad-variable-name': 'stricter',
  'condition-not-boolean': 'stricter',
  'template-in-condition': 'stricter',
  'nameless-handler': 'stricter',
  'two-modules': 'stricter',
  'duplicate-key': 'stricter',
  'bad-task': 'stricter',
  'bad-import': 'stricter',
  'unknown-handler': 'missing',
  'bad-host-pattern': 'missing',
};

/** Of codes that are not listed, their beginning tells. */
const kindOfCode = (code: string): CauseKind => {
  const known = kindByCode[code];
  if (known !== undefined) return known;
  if (/^(?:no|wrong)-(?:vault|age)/.test(code) || code === 'bad-encrypted-value') return 'secret';
  if (code.startsWith('missing-')) return 'missing';
  if (/^undefined-|^recursive-variable$/.test(code)) return 'variable';
  if (/^(?:template-|unknown-(?:filter|test|lookup|function|method))/.test(code)) return 'template';
  return 'other';
};

/** Of causes that say something else at each place, one sentence for all. */
const together: Readonly<Record<string, string>> = {
  'condition-not-boolean': 'conditions that are neither true nor false',
  'undefined-variable': 'variables that nobody sets',
  'missing-file': 'files that are not there',
  'bad-task': 'parameters that are wrong once they are rendered',
};

const isBlock = ({ value }: Located): boolean =>
  isMapping(value) && ['block', 'rescue', 'always'].some((key) => Object.hasOwn(value, key));

/** No task itself, and not counted as one unless it is wrong: the tasks that it brings are. */
const bringers = new Set(['import_tasks', 'include_tasks', 'import_role', 'include_role', 'meta']);

const bringsTasks = ({ value }: Located): boolean =>
  isMapping(value) && Object.keys(value).some((key) => bringers.has(bareName(key)));

/** The file that a task's own parameter names may be what is wrong. */
const namesFile = (file: string, { value }: Pick<Located, 'value'>): boolean =>
  isMapping(value) && typeof value['src'] === 'string' && file.endsWith(`/${value['src']}`);

/** Finds the tasks that a mistake stops. */
const stoppedBy = (read: ReadSite): ((diagnostic: Diagnostic) => readonly Located[]) => {
  const blocks = read.entries.filter(isBlock);
  const tasks = read.entries.filter((entry) => !isBlock(entry));
  return ({ span }) => {
    if (span === undefined) return [];
    const inTask = tasks.filter((task) => containsSpan(task.span, span));
    if (inTask.length > 0) return inTask;
    const around = blocks.filter((block) => containsSpan(block.span, span));
    const [inner] = around.toSorted((a, b) => a.span.length - b.span.length);
    if (inner !== undefined) return tasks.filter((task) => containsSpan(inner.span, task.span));
    const users = read.tasks.filter(({ args }) => namesFile(span.file, args));
    return tasks.filter((task) => users.some((user) => containsSpan(task.span, user.span)));
  };
};

/** The key of a task that a mistake is about, as it is written. */
const keyAt = (span: Span, entry: Located): string | undefined =>
  new Fields(entry, new Problems()).keys.find((key) => {
    const place = entry.at([key], 'key');
    return place.file === span.file && place.offset === span.offset;
  });

interface Named {
  readonly kind: CauseKind;
  readonly what: string;
}

const ownCheck: Named = {
  kind: 'variable',
  what: 'checks of the project itself that fail, with what is known',
};

const nameCause = (diagnostic: Diagnostic, { entries, tasks }: ReadSite): Named => {
  const { code, span, message } = diagnostic;
  const gone = / Ansible's module "(?:[\w.]+\.)?(\w+)" is not here/.exec(message)?.[1];
  if (code === 'bad-task' && gone !== undefined) return { kind: 'module', what: gone };
  const kind = kindOfCode(code);
  if (code === 'bad-task' && span !== undefined) {
    const task = tasks.find((one) => containsSpan(one.span, span));
    if (task !== undefined && ownChecks.has(task.moduleName)) return ownCheck;
  }
  if (kind !== 'keyword' && kind !== 'module')
    return { kind, what: together[code] ?? message.replace(ifItsTurnComes, '') };
  const entry = span === undefined ? undefined : entries.findLast((one) => containsSpan(one.span, span));
  const key = span === undefined || entry === undefined ? undefined : keyAt(span, entry);
  if (key !== undefined && (kind === 'module' || ansibleModules.has(bareName(key))))
    return { kind: 'module', what: bareName(key) };
  return { kind, what: message.replace(ifItsTurnComes, '').replace(/ is not supported yet$/, '') };
};

const identityOf = ({ span, code, message }: Diagnostic): string =>
  JSON.stringify([span?.file, span?.offset, code, message]);

const onlyOnce = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] => [
  ...new Map(diagnostics.map((diagnostic) => [identityOf(diagnostic), diagnostic])).values(),
];

/** Modules that act on systems that no host here has. */
const ofOtherSystems =
  /(?:^|\.)(?:apk|dnf5?|firewalld|homebrew\w*|launchd|openbsd_pkg|pacman|pkgin|pkgng|portage|rhsm_\w+|rpm_key|seboolean|sefcontext|selinux|seport|slackpkg|win_\w+|yum|yum_repository|zypper|zypper_repository)$/;

const ownModule = 'write one in modules/ (docs/own-modules.md), or use command with creates or unless';

const insteadOf = (
  kind: CauseKind,
  what: string,
  found: readonly Diagnostic[],
  python: ReadonlyMap<string, string>,
): string | null => {
  const hint = found.find((one) => one.hint !== undefined)?.hint ?? null;
  if (kind !== 'module') return hint;
  const file = python.get(what);
  if (file !== undefined)
    return `it is the Python of ${file}: "syn-deploy init --module ${what}" begins one that runs here (docs/own-modules.md)`;
  if (ofOtherSystems.test(what)) return 'hosts are Debian: take the task out';
  // A hint that only says where all modules are listed helps nobody who has a hundred tasks.
  return hint === null || found.every(({ code }) => code === 'unknown-module') ? ownModule : hint;
};

/** What keeps a task from running, if only where its turn comes. */
const stops = ({ severity, message }: Diagnostic): boolean =>
  severity === 'error' || message.endsWith(ifItsTurnComes);

/**
 * Groups all that is wrong by its cause.
 *
 * @param python  files of the project's own Python modules, by their names
 */
export const diagnose = (read: ReadSite, python: ReadonlyMap<string, string>): Diagnosis => {
  const all = onlyOnce(read.diagnostics);
  const entries = read.entries.filter((entry) => !isBlock(entry));
  const stopped = stoppedBy(read);
  const bad = new Set<Located>();
  const causes = new Map<string, Named & { found: Diagnostic[]; tasks: Set<Located> }>();
  for (const diagnostic of all.filter(stops)) {
    const named = nameCause(diagnostic, read);
    const key = `${named.kind} ${named.what}`;
    const cause = causes.get(key) ?? { ...named, found: [], tasks: new Set() };
    causes.set(key, cause);
    const mine = stopped(diagnostic);
    // A task has one module: where it stands in the file, and what its turn comes to, say the same.
    const isTold = named.kind === 'module' && mine.length > 0 && mine.every((task) => cause.tasks.has(task));
    if (!isTold) cause.found.push(diagnostic);
    for (const task of mine) {
      bad.add(task);
      cause.tasks.add(task);
    }
  }
  const total = entries.filter((entry) => bad.has(entry) || !bringsTasks(entry)).length;
  return {
    tasks: { total, asTheyAre: total - bad.size },
    causes: [...causes.values()]
      .map(({ kind, what, found, tasks: mine }) => ({
        kind,
        what,
        instead: insteadOf(kind, what, found, python),
        tasks: mine.size,
        findings: found.map(({ span, message, code }) => ({
          place: span === undefined ? null : renderPlace(span),
          message,
          code,
        })),
      }))
      .sort(
        (a, b) =>
          kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
          b.findings.length - a.findings.length ||
          (a.what < b.what ? -1 : 1),
      ),
    warnings: all.filter((diagnostic) => !stops(diagnostic)),
  };
};
