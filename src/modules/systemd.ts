import { z } from 'zod';
import { daemonReexec, daemonReload } from '../actions/daemon-reload.ts';
import { reloadUnits, restartUnits, startUnits } from '../actions/start-units.ts';
import { stopUnits } from '../actions/stop-units.ts';
import { factAfter, type UnitOperand } from '../actions/unit-operands.ts';
import { file } from '../facts/files.ts';
import { systemdManager } from '../facts/systemd-manager.ts';
import { isTemplate } from '../facts/unit-names.ts';
import { isActive, type UnitFact, unit } from '../facts/units.ts';
import type { Action } from '../model/action.ts';
import type { Facts } from '../model/fact.ts';
import { defineModule, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { boolean } from './params/boolean.ts';
import { integer } from './params/integer.ts';
import { text } from './params/text.ts';
import { factsOfUnit, needsDaemonReload, readUnit, requireUnit } from './systemd/observe-unit.ts';
import { isMasked, planEnablement, planMask, planUnmask, warnOfFixed } from './systemd/plan-enablement.ts';
import { staleSinceReload, staleSinceStart } from './systemd/stale-since.ts';
import { pathList, unitParam } from './systemd/unit-param.ts';

const params = z
  .strictObject({
    name: unitParam()
      .optional()
      .describe(
        'The unit; a name without suffix means a service. May be left out for `daemon_reload` alone.',
      ),
    state: z
      .enum(['started', 'stopped', 'restarted', 'reloaded'])
      .optional()
      .describe(
        '`restarted` and `reloaded` happen at every run and can not be proved; `restart_after` and `reload_after` can. A unit that is down is started by both.',
      ),
    enabled: boolean()
      .optional()
      .describe(
        'Whether it starts at boot. Links that no longer are what its [Install] section asks for are drift too, and are made anew.',
      ),
    masked: boolean()
      .optional()
      .describe(
        'Whether nothing can start it. A masked unit that is to be started or enabled is unmasked, unless this says true.',
      ),
    daemon_reload: boolean()
      .default(false)
      .describe(
        'Have systemd read all unit files again where a unit is older than its files. Needed only without `name`: for the named unit it is done by itself.',
      ),
    daemon_reexec: boolean().default(false).describe('Have systemd execute itself anew, at every run.'),
    restart_after: pathList()
      .default([])
      .describe(
        'Files and directories that the unit reads when it starts: one that is newer than its start is drift ("running with stale configuration"), and it is restarted, whoever changed the file.',
      ),
    reload_after: pathList()
      .default([])
      .describe(
        'The same for what it reads again on reload: files newer than its start and its last reload. For services.',
      ),
    scope: z
      .literal('system', { error: 'only the system manager is supported: scope may be left out or "system"' })
      .default('system')
      .describe("Whose units: always the system's."),
    no_block: boolean().default(false).describe('Do not wait for the unit to be up or down.'),
    force: boolean().default(false).describe('When enabling, replace links that stand in the way.'),
    pattern: text().optional().describe('Accepted: systemd knows by itself whether a service runs.'),
    arguments: text().optional().describe('Accepted: systemd passes none on; they belong in the unit.'),
    sleep: integer().optional().describe('Accepted: systemd waits for the stop by itself.'),
    runlevel: text().optional().describe('Accepted: the unit says where it belongs.'),
    use: z
      .enum(['auto', 'systemd', 'service'], {
        error: 'expected auto, systemd or service: hosts have systemd',
      })
      .optional()
      .describe('Accepted: hosts have systemd.'),
  })
  .superRefine((given, context) => {
    const complain = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (given.name === undefined) {
      if (!given.daemon_reload && !given.daemon_reexec)
        complain('name', 'expected the name of a unit (only daemon_reload and daemon_reexec go without)');
      for (const key of ['state', 'enabled', 'masked'] as const)
        if (given[key] !== undefined) complain(key, `${key} needs the name of a unit`);
      return;
    }
    if (given.masked === true && given.state !== undefined && given.state !== 'stopped')
      complain('masked', `a masked unit cannot be ${given.state}`);
    if (given.masked === true && given.enabled === true)
      complain('masked', 'a masked unit cannot be enabled');
    if (isTemplate(given.name) && given.state !== undefined)
      complain('state', 'a template has no state: name an instance, or use systemd_instances');
    if (given.reload_after.length > 0 && !given.name.endsWith('.service'))
      complain('reload_after', 'only services can tell when they were last reloaded');
  });

type Params = z.infer<typeof params>;

/** What the task is planned against, step by step. */
interface Situation {
  readonly given: Params;
  readonly facts: Facts;
  /** systemd reads the unit files again first, so the unit may turn out other than it was seen. */
  readonly isReread: boolean;
}

const reread = ({ given, isReread }: Situation, operand: UnitOperand): readonly Action[] => {
  if (!isReread) return [];
  // Whether the files that changed ask for other links can only be told after it, so the links are made anew with it.
  const isLinked = given.enabled === true && operand.fact.unitFileState === 'enabled';
  return [daemonReload({ units: [operand], reenable: isLinked ? [operand] : [] })];
};

const requireReload = ({ fact }: UnitOperand, { isReread }: Situation): void => {
  if (!fact.canReload && !isReread)
    throw new TaskFailure(
      `${fact.id} cannot be reloaded (it has no ExecReload=): restart it, or use restart_after`,
    );
};

const refresh = (situation: Situation, operand: UnitOperand): readonly Action[] => {
  const { given, facts } = situation;
  const options = { noBlock: given.no_block };
  const restart = staleSinceStart(operand.fact, given.restart_after, facts);
  if (restart !== undefined) return [restartUnits([{ ...operand, reason: restart }], options)];
  const reload = staleSinceReload(operand.fact, given.reload_after, facts);
  if (reload === undefined) return [];
  requireReload(operand, situation);
  return [reloadUnits([{ ...operand, reason: reload }], options)];
};

const startReason = ({ activeState, result }: UnitFact): string | undefined => {
  if (activeState === 'inactive') return undefined;
  return activeState === 'failed' ? `it has failed: ${result}` : `it is ${activeState}`;
};

const planState = (situation: Situation, operand: UnitOperand): readonly Action[] => {
  const { fact } = operand;
  const { state, no_block: noBlock } = situation.given;
  if (state === 'stopped')
    return ['inactive', 'failed'].includes(fact.activeState) ? [] : [stopUnits([operand], { noBlock })];
  if (state === 'restarted') return [restartUnits([operand], { noBlock, unprovable: true })];
  if (isActive(fact)) {
    if (state !== 'reloaded') return refresh(situation, operand);
    requireReload(operand, situation);
    return [reloadUnits([operand], { noBlock, unprovable: true })];
  }
  return state === undefined ? [] : [startUnits([{ ...operand, reason: startReason(fact) }], { noBlock })];
};

const planMasking = ({ given }: Situation, operand: UnitOperand): readonly Action[] => {
  if (given.masked === true) return planMask(operand);
  const isNeeded = given.enabled === true || (given.state !== undefined && given.state !== 'stopped');
  return given.masked === false || isNeeded ? planUnmask(operand, given.enabled === true) : [];
};

const planLinks = ({ given }: Situation, operand: UnitOperand): readonly Action[] =>
  given.enabled === undefined || isMasked(operand.fact)
    ? []
    : planEnablement(operand, given.enabled, { force: given.force });

const resultOf = (name: string, given: Params, fact: UnitFact): Readonly<Record<string, unknown>> => ({
  name,
  // As by Ansible: what it is afterwards.
  ...(given.state !== undefined && { state: given.state === 'stopped' ? 'stopped' : 'started' }),
  ...(given.enabled !== undefined && { enabled: given.enabled }),
  status: {
    Id: fact.id,
    LoadState: fact.loadState,
    ActiveState: fact.activeState,
    SubState: fact.subState,
    UnitFileState: fact.unitFileState,
    FragmentPath: fact.fragmentPath,
    MainPID: String(fact.mainPid),
    NRestarts: String(fact.restarts),
    Result: fact.result,
  },
});

/** A mask can stand, and be taken away, where no unit is. */
const mustBeThere = ({ masked, state, enabled }: Params): boolean =>
  masked === undefined || (masked === false && (state !== undefined || enabled !== undefined));

/** In Ansible's order: daemon-reload, mask, enable, state. */
const steps = [reread, planMasking, planLinks, planState] as const;

const planUnit = (name: string, given: Params, facts: Facts): TaskPlan => {
  const fact = readUnit(name, facts);
  if (mustBeThere(given)) requireUnit(name, fact, facts);
  const situation: Situation = { given, facts, isReread: needsDaemonReload(fact, facts) };
  const actions: Action[] = [];
  for (const step of steps) actions.push(...step(situation, { name, fact: factAfter(name, fact, actions) }));
  return {
    actions,
    result: resultOf(name, given, fact),
    warnings: warnOfFixed(fact, given.enabled === true),
  };
};

const planManager = (given: Params, facts: Facts): readonly Action[] => {
  const manager = facts.get(systemdManager());
  const isOld = manager !== 'absent' && manager.needsReload;
  return given.daemon_reload && isOld ? [daemonReload()] : [];
};

/** A unit of systemd: running, enabled, masked; or systemd itself told to read its units again. */
export const systemd = defineModule({
  name: 'systemd',
  summary:
    'Starts, stops, enables and masks units of systemd; restarts services that run with stale configuration.',
  examples: `
- name: Redis is enabled, running, and runs with the configuration that is there
  systemd:
    name: redis-server
    enabled: true
    state: started
    restart_after: [/etc/redis/redis.conf]

- name: nginx reads its sites again when one has changed
  service:
    name: nginx
    state: started
    reload_after:
      - /etc/nginx/nginx.conf
      - /etc/nginx/sites-enabled
      - /etc/nginx/sites-available/matrix-synapse.conf

- name: systemd knows the units that were written
  systemd_service:
    daemon_reload: true
`,
  params,
  aliases: {
    ...{ service: 'name', unit: 'name', args: 'arguments' },
    ...{ 'daemon-reload': 'daemon_reload', 'daemon-reexec': 'daemon_reexec' },
  },
  facts: (given) => [
    ...(given.name === undefined ? [systemdManager(given.daemon_reload)] : factsOfUnit(given.name)),
    ...[...given.restart_after, ...given.reload_after].map(file),
  ],
  plan(given, facts) {
    const reexec = given.daemon_reexec ? [daemonReexec()] : [];
    if (given.name === undefined) return [...planManager(given, facts), ...reexec];
    const plan = planUnit(given.name, given, facts);
    return { ...plan, actions: [...reexec, ...plan.actions] };
  },
  claims: ({ name, state, enabled, masked }) =>
    name === undefined ? [] : [{ key: unit(name), wanted: { state, enabled, masked }, prunable: false }],
});
