import type { Located } from '../model/located.ts';
import type { Span } from '../model/span.ts';
import { describe } from './describe.ts';
import { isMapping } from './fields.ts';
import { type FreeFormPair, parseFreeForm } from './free-form.ts';
import { partOf, withValue } from './located-tree.ts';
import { locatedAs, type ModuleCall, type Param } from './module-call.ts';
import { paramNames } from './param-names.ts';
import type { Problems } from './problems.ts';
import { hasTemplate } from './source.ts';

const fromMapping = (mapping: Located): Param[] =>
  Object.keys(isMapping(mapping.value) ? mapping.value : {}).map((written) => ({
    name: written,
    written,
    key: mapping.at([written], 'key'),
    part: partOf(mapping, [written]),
  }));

/** The place of a stretch of a text, where the text stands in the file as it is. */
const stretch = (whole: Located, text: string, start: number, end: number): Span => {
  const { span } = whole;
  if (span.length !== text.length || text.slice(0, start).includes('\n')) return span;
  return { ...span, offset: span.offset + start, column: span.column + start, length: end - start };
};

const fromPair = (pair: FreeFormPair, whole: Located, text: string): Param => ({
  name: pair.key,
  written: pair.key,
  key: stretch(whole, text, pair.keyStart, pair.keyStart + pair.key.length),
  part: locatedAs(pair.value, stretch(whole, text, pair.start, pair.end)),
});

/** Only the parameters that may stand beside a command are taken out of its words. */
const knownIn = (call: ModuleCall): ((key: string) => boolean) => {
  const { freeForm, aliases = {}, templatedNames } = call.module;
  if (freeForm === undefined) return (key) => templatedNames === true || !hasTemplate(key);
  const names = paramNames(call.module.params) ?? [];
  return (key) => key !== freeForm && (names.includes(key) || Object.hasOwn(aliases, key));
};

const fromText = (call: ModuleCall, text: string, problems: Problems): Param[] => {
  const { value, name, module } = call;
  const { pairs, rest, unclosedAt } = parseFreeForm(text, knownIn(call));
  if (unclosedAt !== undefined && module.freeForm === undefined)
    problems.error(
      'bad-free-form',
      'a quote or brace is opened and never closed',
      stretch(value, text, unclosedAt, unclosedAt + 1),
    );
  const params = pairs.map((pair) => fromPair(pair, value, text));
  if (rest === undefined) return params;
  const restSpan = stretch(value, text, rest.start, rest.end);
  if (module.freeForm !== undefined)
    return [
      ...params,
      {
        name: module.freeForm,
        written: module.freeForm,
        key: call.key,
        part: locatedAs(rest.text, restSpan),
      },
    ];
  if (pairs.length === 0 && hasTemplate(text))
    problems.notYet(`a template as all parameters of ${name}`, value.span, 'write the parameters out');
  else
    problems.error('bad-free-form', `${name} takes parameters; found ${describe(rest.text)}`, restSpan, {
      hint: `write each as "parameter=value", or below "${name}:", further right, a line "parameter: value" for each`,
    });
  return params;
};

const fromValue = (call: ModuleCall, problems: Problems): Param[] => {
  const { value, name, module } = call;
  if (value.value === null || value.value === undefined) return [];
  if (isMapping(value.value)) return fromMapping(value);
  if (typeof value.value === 'string') return fromText(call, value.value, problems);
  if (!Array.isArray(value.value) && module.freeForm !== undefined)
    return fromText(call, value.sourceAt([]) ?? String(value.value), problems);
  problems.error(
    'bad-value',
    `${name} takes a mapping of parameters; found ${describe(value.value)}`,
    value.span,
  );
  return [];
};

const fromArgs = (args: Located | undefined, problems: Problems): Param[] => {
  if (args === undefined || args.value === null) return [];
  if (isMapping(args.value)) return fromMapping(args);
  problems.error(
    'bad-value',
    `"args" must be a mapping of parameters; found ${describe(args.value)}`,
    args.span,
  );
  return [];
};

/** `0644` is a mode as it is written; `644` would be 1204. */
const asMode = (param: Param, problems: Problems): Param => {
  const { part } = param;
  if (typeof part.value !== 'number') return param;
  const source = part.sourceAt([]) ?? String(part.value);
  if (/^0[0-7]+$/.test(source)) return { ...param, part: withValue(part, source) };
  const octal = /^[0-7]{1,4}$/.test(source) ? source.padStart(4, '0') : undefined;
  problems.error('bad-mode', `${param.written}: ${source} is a decimal number, not a file mode`, part.span, {
    hint: octal === undefined ? 'write four octal digits, such as "0644"' : `write "${octal}"`,
  });
  return { ...param, part: withValue(part, octal ?? '0000') };
};

const underOwnName = (param: Param, call: ModuleCall): Param => {
  const { aliases = {} } = call.module;
  const name = Object.hasOwn(aliases, param.written) ? aliases[param.written] : undefined;
  return name === undefined ? param : { ...param, name };
};

const withoutRepeated = (
  params: readonly Param[],
  call: ModuleCall,
  problems: Problems,
): readonly Param[] => {
  const first = new Map<string, Param>();
  for (const param of params) {
    const other = first.get(param.name);
    if (other === undefined) {
      first.set(param.name, param);
      continue;
    }
    const same = other.written === param.written;
    const message = same
      ? `${param.name} of ${call.name} stands here a second time`
      : `"${param.written}" and "${other.written}" are the same parameter of ${call.name}`;
    problems.error('repeated-parameter', message, param.key, {
      related: [{ message: 'first here', span: other.key }],
    });
  }
  return [...first.values()];
};

/** What `module_defaults` say that the task does not. */
const defaultsBeside = (own: readonly Param[], call: ModuleCall): readonly Param[] =>
  (call.defaults === undefined ? [] : fromMapping(call.defaults))
    .map((param) => underOwnName(param, call))
    .filter(({ name }) => !own.some((param) => param.name === name));

/** The parameters of a task, from the mapping, the text form and `args:`; under the module's own names, modes as text. */
export const readParams = (call: ModuleCall, problems: Problems): readonly Param[] => {
  const written = [...fromValue(call, problems), ...fromArgs(call.args, problems)];
  const params = written.map((param) => underOwnName(param, call));
  const own = withoutRepeated(params, call, problems);
  return [...own, ...defaultsBeside(own, call)].map((param) =>
    call.module.modes?.includes(param.name) === true ? asMode(param, problems) : param,
  );
};
