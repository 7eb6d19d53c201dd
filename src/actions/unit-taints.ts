import type { Taint } from '../model/fact.ts';

/** What a service may change when it starts, restarts or reloads: what it listens on, and its run-time files. */
const runTime: readonly Taint[] = [
  { kind: 'socket' },
  ...['/run', '/var/run', '/tmp'].map((under) => ({ kind: 'file', under })),
  ...['/run', '/var/run'].map((under) => ({ kind: 'content', under })),
];

/** Services bring nothing but themselves up (a dependency that is up already is no harm); a target brings others. */
const bringsOthers = (name: string): boolean => !name.endsWith('.service');

/** Facts that starting, restarting or reloading these units may change. */
export const taintsOfStart = (names: readonly string[]): readonly Taint[] => [
  ...runTime,
  ...(names.some(bringsOthers) ? [{ kind: 'unit' }, { kind: 'unit-instances' }] : []),
  ...(names.some((name) => name.includes('@')) ? [{ kind: 'unit-instances' }] : []),
];

/** Facts that stopping these units may change: what requires them stops too. */
export const taintsOfStop: readonly Taint[] = [...runTime, { kind: 'unit' }, { kind: 'unit-instances' }];
