import type { Located } from '../model/located.ts';
import type { BatchSize } from '../model/play.ts';
import type { Fields } from './fields.ts';
import { hasTemplate } from './source.ts';

const readSize = (part: Located, fields: Fields): readonly BatchSize[] => {
  const { value, span } = part;
  const [, digits, sign] = /^(\d+)(%)?$/.exec(String(value)) ?? [];
  if (digits !== undefined) return [{ size: Number(digits), unit: sign === undefined ? 'hosts' : 'percent' }];
  if (typeof value === 'string' && hasTemplate(value))
    fields.problems.notYet('a template as "serial"', span, 'write the number of hosts');
  else fields.wrongAt(span, 'serial', 'a number of hosts, a percentage ("30%"), or a list of those', value);
  return [];
};

/** `serial`: sizes of batches; the last one holds for all that come after it. undefined: all hosts at once. */
export const readSerial = (fields: Fields): readonly BatchSize[] | undefined => {
  if (!fields.has('serial')) return undefined;
  const sizes = fields.items('serial').flatMap((part) => readSize(part, fields));
  const isAll = ({ size, unit }: BatchSize): boolean => size === 0 && unit === 'hosts';
  return sizes.length === 0 || sizes.every(isAll) ? undefined : sizes;
};
