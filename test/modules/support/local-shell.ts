import { spawnSync } from 'node:child_process';
import { WantedFacts } from '../../../src/engine/observe.ts';
import { NotObserved, Overlay } from '../../../src/engine/overlay.ts';
import { factKinds } from '../../../src/facts/kinds.ts';
import type { Action } from '../../../src/model/action.ts';
import type { FactKey } from '../../../src/model/fact.ts';
import type { AnyModule, TaskPlan } from '../../../src/model/module.ts';
import type { Sh } from '../../../src/model/sh.ts';
import { modules } from '../../../src/modules/index.ts';
import type { CaseContext } from './case-file.ts';
import { fakeContext } from './fake-context.ts';

export interface ShellResult {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a piece as the engine does: on standard input of sh, in a subshell, an action under `set -e`. */
export const runSh = (piece: Sh, prologue = 'set -e'): ShellResult => {
  const input = `LC_ALL=C.UTF-8; export LC_ALL\numask 022\n( ${prologue}\n${piece.sh}\n) </dev/null\nexit $?\n`;
  const { status, stdout, stderr } = spawnSync('sh', ['-s'], { input, encoding: 'utf8' });
  return { exitStatus: status ?? -1, stdout, stderr };
};

/** Looks at facts of this machine with the real scripts. */
export const observe = (keys: Iterable<FactKey>): Overlay => {
  const wanted = new WantedFacts(factKinds);
  wanted.add(keys);
  const outputs = wanted
    .sections()
    .map(({ kind, sh }): [string, string] => [kind, runSh(sh, 'LC_ALL=C; export LC_ALL').stdout]);
  return new Overlay(wanted.parse(new Map(outputs)), { blockOnTaint: true });
};

/** The plan for this machine as it is; facts that turn out to be needed are looked at too. */
export const planHere = (name: string, params: unknown, given: CaseContext = {}): TaskPlan => {
  const module = modules.get(name) as AnyModule;
  const parsed = module.params.parse(params);
  const context = fakeContext(given);
  const keys = [...module.facts(parsed, context)];
  for (;;) {
    try {
      const plan = module.plan(
        parsed,
        observe(keys).factsFor(() => {}),
        context,
      );
      return Array.isArray(plan) ? { actions: plan } : (plan as TaskPlan);
    } catch (error) {
      if (!(error instanceof NotObserved)) throw error;
      keys.push(...error.keys);
    }
  }
};

export interface Applied {
  readonly actions: readonly Action[];
  readonly outcomes: readonly ShellResult[];
  readonly plan: TaskPlan;
}

/** Plans and carries out, stopping at the first action that fails. */
export const applyHere = (name: string, params: unknown, context: CaseContext = {}): Applied => {
  const plan = planHere(name, params, context);
  const outcomes: ShellResult[] = [];
  for (const action of plan.actions) {
    if (outcomes.some(({ exitStatus }) => exitStatus !== 0)) break;
    outcomes.push(runSh(action.sh));
  }
  return { actions: plan.actions, outcomes, plan };
};
