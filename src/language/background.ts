import type { AnyModule } from '../model/module.ts';
import type { Task } from '../model/play.ts';
import type { Fields } from './fields.ts';
import { hasTemplate } from './source.ts';
import { isStandIn } from './stand-in.ts';

const isZero = (value: unknown): boolean => value === 0 || value === '0';

/**
 * A task is over when its command is, so that `async` changes nothing where Ansible waits as well. Where it does not (`poll: 0`),
 * a command is left running; what other modules do is predicted, and planned on, so that it has to be done.
 *
 * @returns `background` of the task
 */
export const readBackground = (fields: Fields, module: AnyModule): Task['background'] => {
  if (!fields.has('async') || !fields.has('poll') || !isZero(fields.at('poll').value)) return undefined;
  const { value } = fields.at('async');
  if (isZero(value)) return undefined;
  if (module.detachable !== true) {
    if (!isStandIn(module))
      fields.problems.notYet(
        `"poll: 0" of ${module.name}`,
        fields.keySpan('poll'),
        'it is for command and shell; leave "poll" out and the task is waited for',
      );
    return undefined;
  }
  if (typeof value === 'string' && hasTemplate(value)) return fields.source('async');
  return fields.number('async');
};
