import { dirname, resolve } from 'node:path';
import type { FactKey, Identity } from '../model/fact.ts';
import type { Claim, TaskContext } from '../model/module.ts';
import type { ProjectFiles } from '../model/project.ts';
import { earlyFacts } from './early-facts.ts';
import { hasHomePaths, homesWanted, withHomes } from './home-paths.ts';
import { identityOf, renderFlag } from './identity.ts';
import {
  createTaskContext,
  type Instance,
  parseParams,
  parseValues,
  renderParam,
  templatedParams,
} from './instance.ts';
import type { PlanEnvironment } from './plan-environment.ts';

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** What is to be known of an instance before any fact. */
export interface Prepared {
  readonly params: unknown;
  readonly identity: Identity;
  readonly keys: readonly FactKey[];
  readonly claims: readonly Claim[];
  readonly secret: boolean;
  /** Values among the parameters that must never be shown. */
  readonly secrets: readonly string[];
}

/** `check_mode: true` stands on the task: it says what it would do, and does nothing. */
export const isOnlyChecked = ({ task, scope }: Instance): boolean =>
  task.checkMode !== undefined && renderFlag(task.checkMode, scope, 'check_mode');

/** Those of the project that an instance is decided by. */
export const filesFor = ({ ref }: Instance, { files, filesOf }: PlanEnvironment): ProjectFiles =>
  filesOf?.(ref.id) ?? files;

/** What its module is told besides the parameters. */
export const contextOf = (
  instance: Instance,
  { identity, secret }: Pick<Prepared, 'identity' | 'secret'>,
  environment: PlanEnvironment,
): TaskContext =>
  createTaskContext(instance, {
    identity,
    checkMode: environment.checkMode || isOnlyChecked(instance),
    secret,
    files: filesFor(instance, environment),
  });

const prepareAnew = (
  instance: Instance,
  environment: PlanEnvironment,
  params = parseParams(instance, environment.checkMode),
): Prepared => {
  const { task, scope } = instance;
  const identity = identityOf(task, scope, environment.accounts, environment.connection);
  const secret = renderFlag(task.noLog, scope, 'no_log');
  const context = contextOf(instance, { identity, secret }, environment);
  const { module } = task;
  const secrets = [
    ...(module.secrets ?? []).flatMap((name) => textsIn((params as Record<string, unknown>)[name])),
    ...(module.secretParts?.(params) ?? []),
  ];
  const keys = module.facts(params, context);
  return { params, identity, keys, claims: module.claims?.(params, context) ?? [], secret, secrets };
};

/**
 * Asks for what the task will want to know, as far as that can be told while something in it is not known.
 *
 * @returns whether that was all
 */
export const askEarly = (instance: Instance, environment: PlanEnvironment): boolean => {
  const { task, scope } = instance;
  const { keys, isAll } = earlyFacts({
    params: templatedParams(instance),
    render: (param) => renderParam(instance, param),
    parse: (rendered) => parseValues(instance, rendered),
    facts: (params, context) => task.module.facts(params, context),
    get context() {
      const identity = identityOf(task, scope, environment.accounts, environment.connection);
      return contextOf(instance, { identity, secret: true }, environment);
    },
  });
  environment.want(keys);
  return isAll;
};

/**
 * Renders the parameters, asks the module which facts it needs, and looks up the account it is done by. What must not be shown
 * is hidden from there on.
 *
 * The same for all hosts on which the variables in it are the same: facts and claims are then the same objects.
 *
 * @throws TaskFailure, TemplateError, Blocked, and NotObserved where a path in it begins in a home folder that nobody has looked up
 */
export const prepare = (instance: Instance, environment: PlanEnvironment): Prepared => {
  const { task, scope, ref } = instance;
  const { accounts, checkMode } = environment;
  const age = filesFor(instance, environment).age ?? 0;
  const key = `prepared ${age} ${checkMode} ${accounts.login} ${accounts.exec} ${accounts.become} ${environment.delegated?.key ?? ''} ${ref.id}`;
  const prepared = scope.remembered(task.args, key, () => prepareAnew(instance, environment));
  prepared.secrets.forEach(environment.hide);
  const own = prepared.identity.user ?? accounts.exec;
  if (!hasHomePaths(prepared.params)) return prepared;
  const folder = environment.isHere === true ? resolve(dirname(instance.play.playbook)) : undefined;
  const beginnings = { own, login: accounts.login, folder };
  const homes = homesWanted(prepared.params, beginnings);
  environment.want(homes);
  const params = withHomes(prepared.params, beginnings, environment.overlay);
  const inHomes = prepareAnew(instance, environment, params);
  return { ...inHomes, keys: [...homes, ...inHomes.keys] };
};
