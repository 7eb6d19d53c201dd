import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';
import { isMapping } from './values.ts';

const field = /\{\{|\}\}|\{([^{}:.[]*)((?:\.\w+|\[[^\]]*\])*)(?::([^{}]*))?\}/g;

const step = (value: unknown, name: string): unknown => {
  const found =
    isMapping(value) || Array.isArray(value) ? (value as Record<string, unknown>)[name] : undefined;
  if (found === undefined) throw new OperationProblem(`format: there is no "${name}"`);
  return found;
};

const align = (value: unknown, spec: string): string => {
  const parts = /^(?:(.)?([<>^]))?(0)?(\d+)?(?:\.(\d+))?([a-z])?$/.exec(spec);
  if (parts === null) throw new OperationProblem(`format: "${spec}" is not supported`);
  const [, fill, side, zero, width = '0', precision, kind] = parts;
  let text = pythonText(value);
  if (kind === 'f' && typeof value === 'number') text = value.toFixed(Number(precision ?? 6));
  if (kind === 'x' && typeof value === 'number') text = value.toString(16);
  const blank = fill ?? (zero === undefined ? ' ' : '0');
  const way = side ?? (typeof value === 'number' ? '>' : '<');
  if (way === '<') return text.padEnd(Number(width), blank);
  if (way === '>') return text.padStart(Number(width), blank);
  return text
    .padStart(text.length + Math.floor(Math.max(0, Number(width) - text.length) / 2), blank)
    .padEnd(Number(width), blank);
};

/** Python's `'{} {name} {0:>5}'.format(…)`. @throws OperationProblem */
export const formatBraces = (
  format: string,
  positional: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): string => {
  let next = 0;
  return format.replaceAll(
    field,
    (whole, name: string | undefined, path: string | undefined, spec: string | undefined) => {
      if (whole === '{{' || whole === '}}') return whole.slice(1);
      const key = name === undefined || name === '' ? String(next++) : name;
      const start = /^\d+$/.test(key) ? positional[Number(key)] : named[key];
      if (start === undefined) throw new OperationProblem(`format: there is no value for "{${name}}"`);
      const steps = [...(path ?? '').matchAll(/\.(\w+)|\[([^\]]*)\]/g)].map(
        (part) => part[1] ?? part[2] ?? '',
      );
      return align(steps.reduce(step, start), spec ?? '');
    },
  );
};
