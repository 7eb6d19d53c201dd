import type { Located } from '../model/located.ts';
import type { Prompt } from '../model/play.ts';
import { didYouMeanOr, nearestName } from '../util/nearest-name.ts';
import { describe } from './describe.ts';
import { Fields, isMapping } from './fields.ts';
import type { Problems } from './problems.ts';
import { isVariableName } from './variables.ts';

const keys = ['name', 'prompt', 'default', 'private', 'confirm', 'unsafe'];

/** Ansible makes crypt(3) hashes of answers, each time with another salt: nothing would ever be as wanted. */
const notYet: readonly string[] = ['encrypt', 'salt_size', 'salt'];

const checkKeys = (fields: Fields): void => {
  for (const key of fields.keys) {
    const span = fields.keySpan(key);
    if (notYet.includes(key))
      fields.problems.notYet(`"${key}" in vars_prompt`, span, 'ask for the hash itself');
    else if (!keys.includes(key))
      fields.problems.error('unknown-key', `unknown key "${key}" in vars_prompt`, span, {
        hint: didYouMeanOr(nearestName(key, keys), `vars_prompt takes: ${keys.join(', ')}`),
      });
  }
};

const readPrompt = (item: Located, problems: Problems): readonly Prompt[] => {
  if (!isMapping(item.value)) {
    problems.error(
      'bad-value',
      `"vars_prompt" must be a list of mappings with "name"; found ${describe(item.value)}`,
      item.span,
    );
    return [];
  }
  const fields = new Fields(item, problems);
  checkKeys(fields);
  const name = fields.text('name');
  if (name === undefined || !isVariableName(name)) {
    problems.error('bad-value', '"vars_prompt" wants the "name" of a variable', fields.at('name').span, {
      hint: 'letters, digits and underscores, no digit first',
    });
    return [];
  }
  return [
    {
      name,
      prompt: fields.source('prompt'),
      preset:
        fields.has('default') && fields.at('default').value !== null ? fields.source('default') : undefined,
      isPrivate: fields.boolean('private') ?? true,
      confirm: fields.boolean('confirm') ?? false,
      isUnsafe: fields.boolean('unsafe') ?? false,
      span: fields.at('name').span,
    },
  ];
};

/** `vars_prompt` of a play. */
export const readPrompts = (fields: Fields): readonly Prompt[] =>
  fields.has('vars_prompt')
    ? fields.items('vars_prompt').flatMap((item) => readPrompt(item, fields.problems))
    : [];
