import type { Located } from '../model/located.ts';
import type { Loop, LoopControl } from '../model/play.ts';
import { nearestName } from '../util/nearest-name.ts';
import { describe, didYouMean } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import { parseFreeForm } from './free-form.ts';
import { loopForms } from './keywords.ts';
import { partOf, withValue } from './located-tree.ts';
import { hasTemplate } from './source.ts';
import { isVariableName } from './variables.ts';

const forms = {
  loop: 'list',
  with_list: 'list',
  with_items: 'flatten',
  with_flattened: 'flatten',
  with_dict: 'dict',
  with_sequence: 'list',
} as const;

const controlKeys = ['loop_var', 'index_var', 'label', 'pause'];

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

const checkControlKeys = (fields: Fields): void => {
  for (const key of fields.keys) {
    if (controlKeys.includes(key)) continue;
    if (key === 'extended' || key === 'extended_allitems' || key === 'break_when')
      fields.problems.notYet(`"${key}" of loop_control`, fields.keySpan(key));
    else
      fields.problems.error('unknown-key', `unknown key "${key}" in loop_control`, fields.keySpan(key), {
        hint: didYouMean(nearestName(key, controlKeys), `loop_control takes: ${controlKeys.join(', ')}`),
      });
  }
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
    loopVar: variable(fields, 'loop_var') ?? 'item',
    indexVar: variable(fields, 'index_var'),
    label: fields.source('label'),
    pauseMs: pause === undefined ? undefined : pause * 1000,
  };
};

/** A list, a template that gives one, or (of the older forms) what Ansible made a list of. */
const checkItems = (fields: Fields, key: keyof typeof forms, items: Located): boolean => {
  const { value } = items;
  if (typeof value === 'string' && hasTemplate(value)) return true;
  const form = forms[key];
  if (form === 'dict' ? isMapping(value) : Array.isArray(value)) return true;
  if (form !== 'dict' && typeof value === 'string' && value !== '') {
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
    form === 'dict' ? 'a mapping or a template that gives one' : 'a list or a template that gives one',
  );
  return false;
};

/** `1-5`, `start=1 end=9 stride=2 format=web%02d`, `count=4`: written out where no variables are in it. */
const sequence = (fields: Fields): Located | undefined => {
  const items = fields.at('with_sequence');
  if (typeof items.value !== 'string' || hasTemplate(items.value)) {
    fields.problems.notYet(
      '"with_sequence" with a template',
      items.span,
      'use "loop" with "{{ range(1, n + 1) | list }}"',
    );
    return undefined;
  }
  const short = /^(\d+)-(\d+)$/.exec(items.value.trim());
  const { pairs } = parseFreeForm(items.value, () => true);
  const given = new Map(pairs.map(({ key, value }) => [key, value]));
  const start = Number(short?.[1] ?? given.get('start') ?? 1);
  const stride = Number(given.get('stride') ?? 1);
  const end =
    short !== null
      ? Number(short[2])
      : given.has('count')
        ? start + (Number(given.get('count')) - 1) * stride
        : Number(given.get('end') ?? Number.NaN);
  const length = Math.floor((end - start) / stride) + 1;
  if (!Number.isInteger(length) || length > 10_000) {
    fields.wrong('with_sequence', 'such as "start=1 end=5", "count=5" or "1-5"');
    return undefined;
  }
  const numbers = Array.from({ length: Math.max(0, length) }, (_, index) => start + index * stride);
  return withValue(
    items,
    numbers.map((number) => formatted(number, given.get('format'))),
  );
};

const formatted = (number: number, format = '%d'): string =>
  format.replace(/%(0?)(\d*)([dx])/, (_, zero: string, width: string, kind: string) =>
    number.toString(kind === 'x' ? 16 : 10).padStart(Number(width || 0), zero === '0' ? '0' : ' '),
  );

/** The loop of a task, if it has one; wrong ones are reported and read as none. */
export const readLoop = (fields: Fields): Loop | undefined => {
  const control = readControl(fields);
  const [key, second] = loopForms.filter((form) => fields.has(form));
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
  const items = key === 'with_sequence' ? sequence(fields) : partOf(fields.mapping, [key]);
  if (items === undefined || !checkItems(fields, key, items)) return undefined;
  return { items, form: forms[key], control };
};
