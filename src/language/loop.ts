import type { Located } from '../model/located.ts';
import type { Loop, LoopControl } from '../model/play.ts';
import { OperationProblem } from '../template/operation-problem.ts';
import { sequenceOf } from '../template/sequence-lookup.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { describe } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { isLoopForm, lookupOfKey } from './keywords.ts';
import { partOf } from './located-tree.ts';
import { hasTemplate } from './source.ts';
import { isVariableName } from './variables.ts';

const controlKeys = [
  'loop_var',
  'index_var',
  'label',
  'pause',
  'extended',
  'extended_allitems',
  'break_when',
];

const variable = (fields: Fields, key: string): string | undefined => {
  const name = fields.text(key);
  if (name === undefined || isVariableName(name)) return name;
  fields.problems.error(
    'bad-variable-name',
    `"${name}" cannot be the name of a variable`,
    fields.at(key).span,
  );
  return undefined;
};

/** Unlike the other names this one may come out of a variable. */
const readLoopVar = (fields: Fields): LoopControl['loopVar'] => {
  const { value } = fields.at('loop_var');
  if (typeof value === 'string' && hasTemplate(value)) return fields.source('loop_var') ?? 'item';
  return variable(fields, 'loop_var') ?? 'item';
};

const checkControlKeys = (fields: Fields): void => {
  for (const key of fields.keys) {
    if (!controlKeys.includes(key))
      fields.problems.error('unknown-key', `unknown key "${key}" in loop_control`, fields.keySpan(key), {
        hint: didYouMean(nearestName(key, controlKeys), `loop_control takes: ${controlKeys.join(', ')}`),
      });
  }
};

/** Ansible gives all items along unless told not to. */
const readExtended = (fields: Fields): LoopControl['extended'] => {
  const withItems = fields.boolean('extended_allitems') ?? true;
  if (fields.boolean('extended') !== true) return undefined;
  return withItems ? 'withItems' : 'withoutItems';
};

const readControl = (task: Fields): LoopControl => {
  if (!task.has('loop_control')) return { loopVar: 'item' };
  if (!isMapping(task.at('loop_control').value)) {
    task.wrong('loop_control', 'a mapping');
    return { loopVar: 'item' };
  }
  const fields = new Fields(task.at('loop_control'), task.problems);
  checkControlKeys(fields);
  const pause = fields.number('pause');
  return {
    loopVar: readLoopVar(fields),
    indexVar: variable(fields, 'index_var'),
    label: fields.source('label'),
    pauseMs: pause === undefined ? undefined : pause * 1000,
    extended: readExtended(fields),
    breakWhen: fields.has('break_when') ? fields.conditions('break_when') : undefined,
  };
};

/** Lookups whose terms are texts: a name in them is no forgotten template. */
const takesTexts = new Set([
  'sequence',
  'fileglob',
  'filetree',
  'first_found',
  'lines',
  'pipe',
  'file',
  'template',
  'unvault',
  'env',
  'vars',
  'varnames',
  'ini',
  'csvfile',
  'password',
  'inventory_hostnames',
]);

/** @param mayFail  the task's failure is ignored, or rescued: it fails when its turn comes, and the mistake is only warned of */
const checkSequence = (text: string, items: Located, { problems }: Fields, mayFail: boolean): boolean => {
  try {
    sequenceOf(text, {});
    return true;
  } catch (error) {
    if (!(error instanceof OperationProblem)) throw error;
    problems[mayFail ? 'warning' : 'error']('bad-value', error.message, items.span, { hint: error.hint });
    return mayFail;
  }
};

/** A list, a template that gives one, or (of the older forms) what Ansible made a list of. */
const checkItems = (fields: Fields, key: string, items: Located, mayFail: boolean): boolean => {
  const { value } = items;
  const lookup = lookupOfKey(key);
  if (typeof value === 'string' && hasTemplate(value)) return true;
  if (lookup === 'dict' ? isMapping(value) || Array.isArray(value) : Array.isArray(value)) return true;
  if (lookup === 'sequence' && typeof value === 'string') return checkSequence(value, items, fields, mayFail);
  if (lookup !== undefined && takesTexts.has(lookup) && (typeof value === 'string' || isMapping(value)))
    return true;
  // The lookup says what is wrong when the task's turn comes.
  if (mayFail && lookup !== undefined && isMapping(value)) return true;
  if (lookup !== 'dict' && typeof value === 'string' && value !== '') {
    const message = `"${key}" must be a list or a template; found ${describe(value)}`;
    fields.problems.error('bad-value', message, items.span, {
      hint: isVariableName(value)
        ? `for the variable write "{{ ${value} }}"`
        : 'write a list, even of one item',
    });
    return false;
  }
  fields.wrong(
    key,
    lookup === 'dict' ? 'a mapping or a template that gives one' : 'a list or a template that gives one',
  );
  return false;
};

/** The loop of a task, if it has one; wrong ones are reported and read as none. @param mayFail  its failure is minded by nobody */
export const readLoop = (fields: Fields, mayFail = false): Loop | undefined => {
  const control = readControl(fields);
  const [key, second] = fields.keys.filter(isLoopForm);
  if (key === undefined) return undefined;
  if (second !== undefined)
    fields.problems.error(
      'two-loops',
      `a task has one loop; found "${key}" and "${second}"`,
      fields.keySpan(second),
      {
        related: [{ message: 'the other one', span: fields.keySpan(key) }],
      },
    );
  const items = partOf(fields.mapping, [key]);
  if (!checkItems(fields, key, items, mayFail)) return undefined;
  return { items, lookup: lookupOfKey(key), control };
};
