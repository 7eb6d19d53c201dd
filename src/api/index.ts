/**
 * What modules of a project's own are made of: `import { defineModule, z, … } from 'syn-deploy'`. The same parts that the modules
 * here are made of; docs/own-modules.md tells how.
 */

export { z } from 'zod';
export { account } from '../facts/accounts.ts';
export { content } from '../facts/contents.ts';
export { file } from '../facts/files.ts';
export { group } from '../facts/groups.ts';
export { packageFact } from '../facts/packages.ts';
export { unit } from '../facts/units.ts';
export type { Action, ActionOutcome, Change } from '../model/action.ts';
export type {
  Absent,
  FactEffect,
  FactKey,
  FactKind,
  Facts,
  Identity,
  Observed,
  Taint,
} from '../model/fact.ts';
export { absent, FactFailure } from '../model/fact.ts';
export type { Claim, Module, TaskContext, TaskPlan } from '../model/module.ts';
export type { Sh } from '../model/sh.ts';
export { TaskFailure } from '../model/task-failure.ts';
export { isUnknown, unknown } from '../model/unknown.ts';
export { boolean } from '../modules/params/boolean.ts';
export { integer } from '../modules/params/integer.ts';
export { mode } from '../modules/params/mode.ts';
export { path } from '../modules/params/path.ts';
export { text } from '../modules/params/text.ts';
export { textList } from '../modules/params/text-list.ts';
export { joinSh, rawSh, runAs, sh } from '../shell/sh.ts';
export { type ActionParts, createAction } from './create-action.ts';
export { defineFactKind } from './define-fact-kind.ts';
export { defineModule, type OwnModule } from './define-module.ts';
export { type LookOptions, look } from './look.ts';
export { type GivenFact, type PlanGiven, type PlannedForTest, planOf } from './plan-of.ts';
