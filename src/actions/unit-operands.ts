import { type UnitFact, unit } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import type { FactEffect } from '../model/fact.ts';

/** A unit that an action is for. */
export interface UnitOperand {
  /** As it was asked for, with its suffix. */
  readonly name: string;
  /** As it is now. */
  readonly fact: UnitFact;
  /** Why, where that doesn't go without saying: `running with stale configuration: …`. */
  readonly reason?: string | undefined;
}

/**
 * Names as systemctl gets them: systemd's own, since enable refuses an alias ("Refusing to operate on alias name").
 */
export const operands = (units: readonly UnitOperand[]): readonly string[] =>
  units.map(({ fact }) => fact.id);

/** `start a.service`, and why. */
export const summaryOf = (verb: string, { fact, reason }: UnitOperand): string =>
  `${verb} ${fact.id}${reason === undefined ? '' : ` (${reason})`}`;

/** `start a.service, b.service`; of many the number. */
export const summaryOfAll = (verb: string, units: readonly UnitOperand[]): string => {
  const names = operands(units);
  return names.length <= 4
    ? `${verb} ${names.join(', ')}`
    : `${verb} ${names.length} units: ${names.slice(0, 3).join(', ')}, …`;
};

/** The units' facts with a change, under both names of an alias. */
export const effectsOn = (
  units: readonly UnitOperand[],
  change: (fact: UnitFact) => Partial<UnitFact>,
): readonly FactEffect[] =>
  units.flatMap(({ name, fact }) =>
    [...new Set([name, fact.id])].map((id) => ({ key: unit(id), value: { ...fact, ...change(fact) } })),
  );

/** The unit's fact once the actions have happened: their last prediction for it, or as it is. */
export const factAfter = (name: string, fact: UnitFact, actions: readonly Action[]): UnitFact =>
  actions
    .flatMap(({ predicts }) => predicts)
    .filter(({ key }) => key.kind === 'unit' && key.id === name)
    .reduce((_, { value }) => value as UnitFact, fact);
