import type { Entry, Handler, Play, Task } from '../model/play.ts';
import { renderPlace } from '../model/span.ts';
import { includesVariables } from './included-variables.ts';
import { behind, type Position } from './position.ts';
import { isSelected, type Selection } from './selection.ts';

/** Something that may set a variable of the hosts it runs on: a task, or an include whose tasks nobody knows yet. */
export interface Setter {
  readonly play: Play;
  readonly at: Position;
  /** Who has come so far has it behind. */
  readonly until: Position;
  /** Name and place, for people. */
  readonly told: string;
}

/** What the entries of a play set, as far as that can be told without opening includes; in the order of the play. */
export interface Setters {
  readonly byName: ReadonlyMap<string, readonly Setter[]>;
  readonly includes: readonly Setter[];
}

/** Names of the variables that the task sets. */
const namesOf = ({ register, module, args }: Task): readonly string[] => [
  ...(register === undefined ? [] : [register]),
  ...(module.sets?.(args.value) ?? []),
];

const tell = (name: string, entry: Exclude<Entry, { type: 'meta' }>): string =>
  `"${name}" (${renderPlace(entry.span)})`;

/** @param index  the place of the play among all plays of the run */
export const settersOf = (play: Play, index: number, selection: Selection): Setters => {
  const byName = new Map<string, Setter[]>();
  const includes: Setter[] = [];
  const addTask = (task: Task | Handler, at: Position): void => {
    if (!isSelected(task, selection)) return;
    for (const name of namesOf(task)) {
      const setter = { play, at, until: behind(at), told: tell(task.name?.text ?? task.moduleName, task) };
      byName.set(name, [...(byName.get(name) ?? []), setter]);
    }
  };
  const addHandlers = (at: Position): void => {
    for (const [order, handler] of play.handlers.entries()) addTask(handler, [...at, order]);
  };
  for (const [order, entry] of play.entries.entries()) {
    const at = [index, order];
    if (entry.type === 'task') {
      addTask(entry, at);
      if (includesVariables(entry) && isSelected(entry, selection))
        includes.push({
          play,
          at,
          until: behind(at),
          told: tell(entry.name?.text ?? entry.moduleName, entry),
        });
    } else if (entry.type === 'meta') {
      if (entry.action === 'flush_handlers') addHandlers(at);
    } else if (isSelected(entry, selection))
      includes.push({ play, at, until: behind(at), told: tell(`include_tasks ${entry.file.text}`, entry) });
  }
  addHandlers([index, play.entries.length]);
  return { byName, includes };
};
