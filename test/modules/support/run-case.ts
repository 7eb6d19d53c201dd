import type { z } from 'zod';
import { factName, Overlay } from '../../../src/engine/overlay.ts';
import type { Action } from '../../../src/model/action.ts';
import type { Facts, Observed } from '../../../src/model/fact.ts';
import type { AnyModule, TaskContext, TaskPlan } from '../../../src/model/module.ts';
import { modules } from '../../../src/modules/index.ts';
import type { ModuleCase } from './case-file.ts';
import { fakeContext } from './fake-context.ts';
import { readGivenFacts } from './given-facts.ts';

export interface PreparedCase {
  readonly module: AnyModule;
  readonly parsed: z.ZodSafeParseResult<unknown>;
  readonly context: TaskContext;
  /** The given facts with the effects of the actions planned so far. */
  readonly overlay: Overlay;
}

/** Freezes plain data all the way down; bytes cannot be frozen. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
};

const applyAliases = (module: AnyModule, params: unknown): unknown => {
  if (typeof params === 'string') return { [module.freeForm ?? 'free form']: params };
  if (typeof params !== 'object' || params === null) return params;
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [module.aliases?.[key] ?? key, value]),
  );
};

/** The case's module, parameters and facts, ready to be planned. */
export const prepareCase = (given: ModuleCase): PreparedCase => {
  const module = modules.get(given.module);
  if (module === undefined) throw new Error(`${given.file}: there is no module ${given.module}`);
  const observed = readGivenFacts(given.facts);
  for (const value of observed.values()) deepFreeze(value);
  return {
    module,
    parsed: module.params.safeParse(applyAliases(module, given.params)),
    context: fakeContext(given.context),
    overlay: new Overlay(observed as ReadonlyMap<string, Observed>, { blockOnTaint: true }),
  };
};

/** The parameters. @throws Error with what the schema says */
export const paramsOf = ({ parsed }: PreparedCase): unknown => {
  if (parsed.success) return deepFreeze(parsed.data);
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
};

export const factsOf = ({ overlay }: PreparedCase): Facts => overlay.factsFor(() => {});

/** The plan, in its long form. */
export const planCase = (prepared: PreparedCase): TaskPlan => {
  const { module, context } = prepared;
  const plan = module.plan(paramsOf(prepared), factsOf(prepared), context);
  return Array.isArray(plan) ? { actions: plan } : (plan as TaskPlan);
};

/** Names of the facts that the module asks for beforehand. */
export const needsOf = (prepared: PreparedCase): string[] => [
  ...new Set(prepared.module.facts(paramsOf(prepared), prepared.context).map(factName)),
];

const readable = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || !('bytes' in value)) return value;
  const { bytes, ...rest } = value as { bytes: Uint8Array | undefined };
  return { ...rest, ...(bytes && { text: new TextDecoder().decode(bytes) }) };
};

/** An action as cases write it: sh as text, predictions by fact name, contents as text. */
export const readableAction = (action: Action): Record<string, unknown> => ({
  ...action,
  sh: action.sh.sh,
  predicts: Object.fromEntries(action.predicts.map(({ key, value }) => [factName(key), readable(value)])),
});
