import { z } from 'zod';
import { daemonReload } from '../actions/daemon-reload.ts';
import { disableUnits, enableUnits, reenableUnits, unmaskUnits } from '../actions/enable-units.ts';
import { removeUnits } from '../actions/prune-unit.ts';
import { reloadUnits, restartUnits, startUnits } from '../actions/start-units.ts';
import { stopUnits } from '../actions/stop-units.ts';
import { factAfter, type UnitOperand } from '../actions/unit-operands.ts';
import { file } from '../facts/files.ts';
import { systemdManager } from '../facts/systemd-manager.ts';
import { unitInstances } from '../facts/unit-instances.ts';
import { instanceName } from '../facts/unit-names.ts';
import { hasStaleLinks, isActive, unit } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { needsDaemonReload, readUnit, requireUnit, unitFileOf } from './systemd/observe-unit.ts';
import { isMasked } from './systemd/plan-enablement.ts';
import { staleSinceReload, staleSinceStart } from './systemd/stale-since.ts';
import { instanceParam, pathList, templateParam } from './systemd/unit-param.ts';

const params = z
  .strictObject({
    template: templateParam().describe('The template: `matrix-synapse-worker@.service`.'),
    instances: z
      .array(instanceParam(), { error: 'expected a list of instances' })
      .refine((names) => new Set(names).size === names.length, { error: 'an instance is listed twice' })
      .describe('What stands for `%i`: the exact set, unless `exclusive` says otherwise.'),
    exclusive: boolean()
      .default(true)
      .describe(
        'Whether all other instances are stopped and disabled. False: they are left alone, for a later task to take away (a proxy may have to be told first).',
      ),
    state: z
      .enum(['started', 'stopped'], { error: 'expected "started" or "stopped"' })
      .default('started')
      .describe('Of the listed instances.'),
    enabled: boolean().default(true).describe('Whether the listed instances start at boot.'),
    restart_after: pathList()
      .default([])
      .describe(
        'Files and directories, `%i` standing for the instance: an instance that is older than one of them is running with stale configuration, and is restarted.',
      ),
    reload_after: pathList().default([]).describe('The same for files that are read again on reload.'),
    serial: integer()
      .refine((count) => count > 0, { error: 'expected a number above 0' })
      .optional()
      .describe('How many instances start, restart or reload at a time. Default: all at once.'),
    wait: boolean().default(true).describe('Wait until the instances are up, and fail where one is not.'),
  })
  .superRefine((given, context) => {
    if (given.reload_after.length > 0 && !given.template.endsWith('.service'))
      context.addIssue({
        code: 'custom',
        path: ['reload_after'],
        message: 'only services can tell when they were last reloaded',
      });
  });

type Params = z.infer<typeof params>;

const nameOf = ({ template }: Params, instance: string): string => instanceName(template, instance);

/** NOTE: a function as replacement, since `$&` in an instance's name would mean something. */
const forInstance = (paths: readonly string[], instance: string): readonly string[] =>
  paths.map((path) => path.replaceAll('%i', () => instance));

/** A listed instance. */
interface Member extends UnitOperand {
  readonly instance: string;
}

const readMembers = (given: Params, facts: Facts): readonly Member[] =>
  given.instances.map((instance) => {
    const name = nameOf(given, instance);
    const fact = readUnit(name, facts);
    requireUnit(name, fact, facts);
    return { name, instance, fact };
  });

/** Instances that run, have failed or are enabled, and that nobody listed. */
const surplus = (given: Params, facts: Facts): readonly string[] => {
  if (!given.exclusive) return [];
  const seen = facts.get(unitInstances(given.template));
  const wanted = new Set(given.instances.map((instance) => nameOf(given, instance)));
  return (seen === 'absent' ? [] : seen.instances)
    .filter(
      ({ name, isLinked, activeState }) => !wanted.has(name) && (isLinked || activeState !== 'inactive'),
    )
    .map(({ name }) => name);
};

const some = <T>(list: readonly T[], act: (list: readonly T[]) => Action): readonly Action[] =>
  list.length === 0 ? [] : [act(list)];

const inBatches = (
  { serial }: Params,
  list: readonly UnitOperand[],
  act: (batch: readonly UnitOperand[]) => Action,
): readonly Action[] => {
  const size = serial ?? Math.max(list.length, 1);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    act(list.slice(index * size, (index + 1) * size)),
  );
};

const planReread = (given: Params, members: readonly Member[], facts: Facts): readonly Action[] => {
  if (!members.some(({ fact }) => needsDaemonReload(fact, facts))) return [];
  const linked = members.filter(({ fact }) => given.enabled && fact.unitFileState === 'enabled');
  return [daemonReload({ units: members, reenable: linked })];
};

const planLinks = (given: Params, members: readonly Member[]): readonly Action[] => {
  const isEnabled = ({ fact }: Member): boolean => fact.unitFileState.startsWith('enabled');
  if (!given.enabled) return some(members.filter(isEnabled), disableUnits);
  return [
    ...some(
      members.filter(({ fact }) => ['disabled', '', 'enabled-runtime'].includes(fact.unitFileState)),
      enableUnits,
    ),
    ...some(
      members.filter(({ fact }) => hasStaleLinks(fact)),
      reenableUnits,
    ),
  ];
};

type StaleSince = typeof staleSinceStart;

const stale = (
  members: readonly Member[],
  paths: readonly string[],
  since: StaleSince,
  facts: Facts,
): readonly Member[] =>
  members.flatMap((member) => {
    const reason = since(member.fact, forInstance(paths, member.instance), facts);
    return reason === undefined ? [] : [{ ...member, reason }];
  });

const planState = (given: Params, members: readonly Member[], facts: Facts): readonly Action[] => {
  const options = { noBlock: !given.wait };
  if (given.state === 'stopped')
    return some(
      members.filter(({ fact }) => !['inactive', 'failed'].includes(fact.activeState)),
      (units) => stopUnits(units, options),
    );
  const restarted = stale(members, given.restart_after, staleSinceStart, facts);
  const others = members.filter(({ name }) => !restarted.some((member) => member.name === name));
  return [
    ...inBatches(
      given,
      members
        .filter(({ fact }) => !isActive(fact))
        .map((member) =>
          member.fact.activeState === 'inactive'
            ? member
            : { ...member, reason: `it is ${member.fact.activeState}` },
        ),
      (units) => startUnits(units, options),
    ),
    ...inBatches(given, restarted, (units) => restartUnits(units, options)),
    ...inBatches(given, stale(others, given.reload_after, staleSinceReload, facts), (units) =>
      reloadUnits(units, options),
    ),
  ];
};

/** The set of instances as it will be, over the taints of starting and stopping. */
const withSetPredicted = (given: Params, actions: readonly Action[]): readonly Action[] => {
  const instances = given.instances.map((instance) => ({
    name: nameOf(given, instance),
    activeState: given.state === 'started' ? 'active' : 'inactive',
    isLinked: given.enabled,
  }));
  // Without the others the set is not known; starting and stopping has made it unknown already.
  if (!given.exclusive) return actions;
  const effect = { key: unitInstances(given.template), value: { instances } };
  return actions.map((action, index) =>
    index === actions.length - 1 ? { ...action, predicts: [...action.predicts, effect] } : action,
  );
};

const steps: readonly ((given: Params, members: readonly Member[], facts: Facts) => readonly Action[])[] = [
  planReread,
  (given, _, facts) => some(surplus(given, facts), removeUnits),
  ({ enabled, state }, members) =>
    enabled || state === 'started'
      ? some(
          members
            .filter(({ fact }) => isMasked(fact))
            .map((member) => ({ ...member, reason: 'unit is masked' })),
          (units) => unmaskUnits(units, { reenable: enabled }),
        )
      : [],
  planLinks,
  planState,
];

const planInstances = (given: Params, facts: Facts): readonly Action[] => {
  const members = readMembers(given, facts);
  const actions: Action[] = [];
  for (const step of steps) {
    const current = members.map((member) => ({
      ...member,
      fact: factAfter(member.name, member.fact, actions),
    }));
    actions.push(...step(given, current, facts));
  }
  return withSetPredicted(given, actions);
};

/** The instances of a template unit: exactly these. */
export const systemdInstances = defineModule({
  name: 'systemd_instances',
  summary:
    'Keeps the listed instances of a template unit enabled and running; stops and disables all others.',
  examples: `
- name: One Synapse process a worker, each with the configuration that is there
  systemd_instances:
    template: matrix-synapse-worker@.service
    instances: "{{ workers | map(attribute='name') | list }}"
    restart_after:
      - /etc/matrix-synapse/conf.d
      - /etc/matrix-synapse/workers/%i.yaml
    reload_after: [/etc/matrix-synapse/logconf.d/%i.yaml]
`,
  params,
  facts: (given) => [
    ...(given.exclusive ? [unitInstances(given.template)] : []),
    systemdManager(),
    file(unitFileOf(given.template)),
    ...given.instances.map((instance) => unit(nameOf(given, instance))),
    ...given.instances.flatMap((instance) =>
      forInstance([...given.restart_after, ...given.reload_after], instance).map(file),
    ),
  ],
  plan: planInstances,
  claims: (given) =>
    given.instances.map((instance) => ({
      key: unit(nameOf(given, instance)),
      wanted: { state: given.state, enabled: given.enabled },
    })),
});
