import { z } from 'zod';
import { defineModule, type TaskContext } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { TemplateError } from '../model/template-error.ts';
import { argumentErrors } from './arguments/argument-errors.ts';

const mapping = () => z.record(z.string(), z.unknown(), { error: 'expected a mapping' });

const params = z.strictObject({
  argument_spec: mapping().describe('By name: type, required, choices, elements, options, aliases.'),
  provided_arguments: mapping()
    .default({})
    .describe('Arguments by name. What is not in it is taken from the variables of its name.'),
  validate_args_context: mapping().default({}).describe('Given back in the result.'),
});

/** The variable, where there is one. */
const variableOf = (name: string, context: TaskContext): readonly (readonly [string, unknown])[] => {
  try {
    return [[name, context.evaluate(name)]];
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
};

const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** Fails unless variables are what a specification says. */
export const validateArgumentSpec = defineModule({
  name: 'validate_argument_spec',
  summary:
    'Fails unless variables are what a specification says (as in `meta/argument_specs.yml` of a role).',
  examples: `
- validate_argument_spec:
    argument_spec:
      port:
        type: int
        required: true
    provided_arguments:
      port: 8008
`,
  params,
  facts: () => [],
  plan({ argument_spec: spec, provided_arguments: given, validate_args_context }, _facts, context) {
    const names = Object.keys(spec).filter((name) => isName(name) && !(name in given));
    const found = Object.fromEntries(names.flatMap((name) => variableOf(name, context)));
    const errors = argumentErrors(spec, { ...found, ...given });
    if (errors.length > 0)
      throw new TaskFailure(`Validation of arguments failed:\n${errors.join('\n')}`, {
        argument_errors: errors,
        argument_spec_data: spec,
        validate_args_context,
      });
    return { actions: [], result: { msg: 'The arg spec validation passed', validate_args_context } };
  },
});
