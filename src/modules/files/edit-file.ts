import { content } from '../../facts/contents.ts';
import { file } from '../../facts/files.ts';
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
  if (bytes === undefined) return { actions: [], result, warnings };
  const wanted = { ...task, bytes };
  const actions = planInSteps(facts, [
    (now) =>
      task.create === true && place.fact === absent
        ? makeMissingFolders(now, place.path.replace(/\/[^/]*$/, '') || '/', {}, context.identity)
        : [],
    (now) => installContent(now, place, wanted, context),
  ]);
  return { ...planWithBackup(actions, result), warnings };
};

/** Splits into lines, each with its newline; the last may lack one. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** A line without its end. */
export const withoutEnd = (line: string): string => line.replace(/[\r\n]+$/, '');
