import { content } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
import type { Action } from '../../model/action.ts';
import { absent, type FactKey, type Facts } from '../../model/fact.ts';
import type { TaskContext, TaskPlan } from '../../model/module.ts';
import { TaskFailure } from '../../model/task-failure.ts';
import { memoizeByObject } from '../../util/memoize-by-object.ts';
import { memoizeByObjects } from '../../util/memoize-by-objects.ts';
import { utf8Text } from '../../util/utf8-text.ts';
import { boolean } from '../params/boolean.ts';
import { path } from '../params/path.ts';
import { attributeParams, type WantedAttributes } from './attribute-params.ts';
import { installContent, planWithBackup } from './install-content.ts';
import { replaceParams } from './install-params.ts';
import { foldersAbove, makeMissingFolders } from './plan-directory.ts';
import { planInSteps } from './plan-in-steps.ts';
import { type Place, resolvePlace } from './resolve-path.ts';

/** Parameters of the modules that edit a text file in place. */
export const editParams = {
  path: path().describe('File to edit. A link at the path is followed, whoever made it.'),
  ...attributeParams,
  ...replaceParams,
};

/** `create`, for the editors that have it. */
export const createParam = boolean()
  .default(false)
  .describe('Make the file, and the folders above it, where it is not there.');

export interface EditTask extends WantedAttributes {
  readonly path: string;
  readonly create?: boolean | undefined;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  /** The key of the result that the backup's path is under: `backup_file` unless said otherwise. */
  readonly backupKey?: 'backup' | undefined;
}

/** A file before and after an edit. */
export interface Edited {
  /** undefined: leave the file as it is, even if it is not there. */
  readonly text: string | undefined;
  /** Keys of the result. */
  readonly result: Readonly<Record<string, unknown>>;
  readonly warnings?: readonly string[] | undefined;
}

/** Gets the text, '' for a file that `create` makes, undefined where there is none and none is made. */
type Edit = (text: string | undefined) => Edited;

/** The facts that `planEdit` reads. */
export const factsOfEdit = ({ path: at, create = false }: EditTask): FactKey[] => [
  file(at),
  content(at),
  ...(create ? foldersAbove(at).map(file) : []),
];

const textOf = memoizeByObject((bytes: Uint8Array) => utf8Text(bytes));

/** What a file holds, its text not asked for yet. */
const read = (facts: Facts, { path: at, fact }: Place): Uint8Array | undefined => {
  if (fact === absent) return undefined;
  if (fact.type === 'directory') throw new TaskFailure(`Path ${at} is a directory !`, { rc: 256 });
  const found = facts.get(content(at));
  if (found === absent) return undefined;
  if (found.bytes === undefined) throw new TaskFailure(`${at} is too large to edit`);
  if (textOf(found.bytes) === undefined) throw new TaskFailure(`${at} is not a UTF-8 text`);
  return found.bytes;
};

/**
 * The text at a place; undefined: nothing is there.
 *
 * @throws TaskFailure for a folder, a file that is too large, or one that is no UTF-8 text
 */
export const textAt = (facts: Facts, place: Place): string | undefined => {
  const bytes = read(facts, place);
  return bytes === undefined ? undefined : textOf(bytes);
};

interface EditedBytes extends Edited {
  readonly bytes: Uint8Array | undefined;
}

const editAnew = (edit: Edit, text: string | undefined): EditedBytes => {
  const edited = edit(text);
  return { ...edited, bytes: edited.text === undefined ? undefined : new TextEncoder().encode(edited.text) };
};

/** A file that a thousand hosts have is edited once. */
const editOnce = memoizeByObjects((bytes: Uint8Array, _task: EditTask, edit: Edit): EditedBytes => {
  const before = textOf(bytes);
  const edited = edit(before);
  return edited.text === before ? { ...edited, bytes } : editAnew(() => edited, before);
});

/** Ansible's `diff` of a result: of the content, whose texts are there with `diff: true` only, and of the attributes. */
const differenceOf = (
  { path: at }: EditTask,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  { diff }: TaskContext,
): readonly Readonly<Record<string, string>>[] => {
  const textIn = (bytes: Uint8Array | undefined): string =>
    diff && bytes !== undefined ? (textOf(bytes) ?? '') : '';
  const [content, attributes] = [`${at} (content)`, `${at} (file attributes)`];
  return [
    {
      ...{ before: textIn(before), after: textIn(after ?? before) },
      ...{ before_header: content, after_header: content },
    },
    { before_header: attributes, after_header: attributes },
  ];
};

const attributesChanged = 'ownership, perms or SE linux context changed';

/** What Ansible's editors say of a change of owner, group or mode. */
const describeEdit = (msg: unknown, actions: readonly Action[], isEdited: boolean): unknown => {
  const changes = actions.flatMap((action) => action.changes);
  const isOther = isEdited
    ? changes.some(({ summary }) => /^(?:owner|group|mode) \S+ -> /.test(summary))
    : actions.length > 0;
  if (!isOther) return msg;
  return msg === '' || msg === undefined ? attributesChanged : `${String(msg)} and ${attributesChanged}`;
};

/** Where the result always has the path of a backup, '' without one. */
const noBackup = ({ backupKey }: EditTask): Readonly<Record<string, string>> =>
  backupKey === 'backup' ? { backup: '' } : {};

/**
 * Plans an edit of a text file: the file as a whole is written anew where the edit changes it, its owner and mode kept.
 *
 * @param edit  hangs on the task and the text alone: for the same object of a task it may be asked once for many hosts
 */
export const planEdit = (task: EditTask, facts: Facts, context: TaskContext, edit: Edit): TaskPlan => {
  const place = resolvePlace(facts, task.path);
  const before = read(facts, place);
  const { bytes, result, warnings } =
    before === undefined
      ? editAnew(edit, task.create === true ? '' : undefined)
      : editOnce(before, task, edit);
  const diff = differenceOf(task, before, bytes, context);
  if (bytes === undefined) return { actions: [], result: { ...result, ...noBackup(task), diff }, warnings };
  const wanted = { ...task, bytes };
  const actions = planInSteps(facts, [
    (now) =>
      task.create === true && place.fact === absent
        ? makeMissingFolders(now, place.path.replace(/\/[^/]*$/, '') || '/', {}, context.identity)
        : [],
    (now) => installContent(now, place, wanted, context),
  ]);
  const msg = describeEdit(result['msg'], actions, before !== bytes);
  const said = { ...result, ...noBackup(task), ...(msg !== undefined && { msg }), diff };
  return { ...planWithBackup(actions, said, task.backupKey), warnings };
};

/** Splits into lines, each with its newline; the last may lack one. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** A line without its end. */
export const withoutEnd = (line: string): string => line.replace(/[\r\n]+$/, '');
