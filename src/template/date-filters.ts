import { strftime, type WallTime } from '../util/strftime.ts';
import { strptime } from '../util/strptime.ts';
import { Moment } from './moments.ts';
import { type Operation, operation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

const two = (value: number): string => String(value).padStart(2, '0');

const wallTimeOf = (epoch: number, isUtc: boolean): WallTime => {
  const minutes = isUtc ? 0 : -new Date(epoch * 1000).getTimezoneOffset();
  const size = Math.abs(minutes);
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
  return { micros: Math.round((epoch + minutes * 60) * 1_000_000), epoch, offset };
};

/** Filters of times. */
export const dateFilters: Readonly<Record<string, Operation>> = {
  strftime: operation(['second', 'utc'], (_, format, second, utc = false) => {
    if (second === undefined || second === null)
      throw new OperationProblem(
        'strftime without a time would give another text each time',
        'write strftime(ansible_date_time.epoch)',
      );
    const seconds = Number(second);
    if (!Number.isFinite(seconds))
      throw new OperationProblem(`Invalid value for epoch value (${pythonText(second)})`);
    return strftime(pythonText(format), wallTimeOf(seconds, utc === true));
  }),
  to_datetime: operation(['format'], (_, text, format = '%Y-%m-%d %H:%M:%S') => {
    const micros = strptime(pythonText(text), pythonText(format));
    if (micros === undefined)
      throw new OperationProblem(
        `to_datetime: ${JSON.stringify(text)} is no time of the form ${JSON.stringify(format)}`,
        "the form stands in parentheses: to_datetime('%Y-%m-%dT%H:%M:%SZ')",
      );
    return new Moment(micros);
  }),
};
