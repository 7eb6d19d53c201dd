import type { UnitFact } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';
import { effectsOn, operands, summaryOf, summaryOfAll, type UnitOperand } from './unit-operands.ts';

interface Options {
  /** Replace links of other units that stand in the way. */
  readonly force?: boolean | undefined;
}

type Verb = 'enable' | 'reenable' | 'disable' | 'mask' | 'unmask';

const change = (
  verb: Verb,
  units: readonly UnitOperand[],
  body: Sh,
  after: (fact: UnitFact) => Partial<UnitFact>,
): Action => ({
  kind: `${verb}-units`,
  summary: summaryOfAll(verb, units),
  changes: units.map((operand) => ({ summary: summaryOf(verb, operand) })),
  sh: body,
  predicts: effectsOn(units, after),
});

const enabled = ({ links, wantedLinks }: UnitFact): Partial<UnitFact> => ({
  unitFileState: 'enabled',
  links: wantedLinks ?? links,
});

/** Has units start with the targets that their [Install] names. */
export const enableUnits = (units: readonly UnitOperand[], { force = false }: Options = {}): Action =>
  change(
    'enable',
    units,
    sh`systemctl enable --quiet ${force ? ['--force'] : []} -- ${operands(units)}`,
    enabled,
  );

/** Makes the links of units that are enabled what their [Install] asks for now. */
export const reenableUnits = (units: readonly UnitOperand[], { force = false }: Options = {}): Action =>
  change(
    'reenable',
    units,
    sh`systemctl reenable --quiet ${force ? ['--force'] : []} -- ${operands(units)}`,
    enabled,
  );

/** Takes all links away that enable the units, those until the next boot too. */
export const disableUnits = (units: readonly UnitOperand[]): Action => {
  const names = operands(units);
  const runtime = units
    .filter(({ fact }) => fact.unitFileState.endsWith('-runtime'))
    .map(({ fact }) => fact.id);
  return change(
    'disable',
    units,
    joinSh([
      sh`systemctl disable --quiet -- ${names}`,
      ...(runtime.length === 0 ? [] : [sh`systemctl disable --quiet --runtime -- ${runtime}`]),
    ]),
    () => ({ unitFileState: 'disabled', links: [] }),
  );
};

/** Links units to /dev/null, so that nothing can start them. What runs goes on running. */
export const maskUnits = (units: readonly UnitOperand[]): Action =>
  change('mask', units, sh`systemctl mask --quiet -- ${operands(units)}`, () => ({
    loadState: 'masked',
    unitFileState: 'masked',
  }));

/**
 * Takes masks away, those until the next boot too. Links that enabled the units come to life again.
 *
 * @param reenable  make those links anew, since what [Install] says can't be seen through a mask
 */
export const unmaskUnits = (
  units: readonly UnitOperand[],
  { reenable = false }: { readonly reenable?: boolean } = {},
): Action => {
  const linked = units.filter(({ fact }) => fact.links.length > 0);
  const names = operands(units);
  return change(
    'unmask',
    units,
    joinSh([
      // Without --runtime only the mask in /etc goes (seen on 252 and 257).
      sh`systemctl unmask --quiet -- ${names}
systemctl unmask --quiet --runtime -- ${names}`,
      ...(reenable && linked.length > 0 ? [sh`systemctl reenable --quiet -- ${operands(linked)}`] : []),
    ]),
    ({ links }) => ({
      loadState: 'loaded',
      unitFileState: links.length > 0 ? 'enabled' : 'disabled',
      wantedLinks: undefined,
    }),
  );
};
