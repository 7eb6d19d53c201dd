import type { Emit, RunEvent } from '../model/event.ts';

/** The results of earlier runs, and this run among them. */
export interface History {
  /** Tells events on, with the time since when tasks are not as wanted. */
  tell(event: RunEvent, emit: Emit): void;
  /** Keeps the result. @returns what could not be done, for people */
  keep(): Promise<readonly string[]>;
}

/** Where nothing is kept. */
export const noHistory: History = {
  tell: (event, emit) => emit(event),
  keep: async () => [],
};
