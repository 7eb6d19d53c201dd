import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlannedTask } from './planned.ts';

/** A mistake, and how many later ones are the same. */
interface Head {
  readonly diagnostic: Diagnostic;
  /** Variables that it is about. */
  readonly names: ReadonlySet<string>;
  following: number;
}

const wordsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  return typeof value === 'string' ? (value.match(/[A-Za-z_]\w*/g) ?? []) : [];
};

/** An `assert` that fails is about the variables that it names. */
const namesOf = ({ instance }: PlannedTask, { missing }: Diagnostic): ReadonlySet<string> => {
  if (missing !== undefined) return new Set([missing]);
  const task = instance?.task;
  return new Set(task?.module.name === 'assert' ? wordsIn(task.args.value['that']) : []);
};

const withCount = ({ diagnostic, following }: Head): Diagnostic => {
  if (following === 0) return diagnostic;
  const more = `${following} more ${following === 1 ? 'place needs' : 'places need'} it`;
  return { ...diagnostic, hint: diagnostic.hint === undefined ? more : `${diagnostic.hint}; ${more}` };
};

/** The mistakes of one host, in order: a variable that is missing is told once, with the number of places behind it that need it. */
export const withoutFollowing = (
  failures: readonly PlannedTask[],
  diagnosticsOf: (failure: PlannedTask) => readonly Diagnostic[],
): readonly Diagnostic[] => {
  const heads: Head[] = [];
  for (const failure of failures) {
    for (const diagnostic of diagnosticsOf(failure)) {
      const { missing } = diagnostic;
      const head = missing === undefined ? undefined : heads.find(({ names }) => names.has(missing));
      if (head === undefined) heads.push({ diagnostic, names: namesOf(failure, diagnostic), following: 0 });
      else head.following += 1;
    }
  }
  return heads.map(withCount);
};
