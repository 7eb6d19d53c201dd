import type { Identity } from '../model/fact.ts';
import type { Inherited, Play, Source, Task } from '../model/play.ts';
import { TaskFailure } from '../model/task-failure.ts';
import type { Scope } from '../template/scope.ts';
import type { HostVariables } from './host-variables.ts';

/** Accounts of one host's run. */
export interface Accounts {
  /** The account that was logged in as. */
  readonly login: string;
  /** The account that scripts run as: root as soon as one task becomes somebody. */
  readonly exec: string;
  /** `--become`. */
  readonly become: boolean;
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

/** A keyword that is true, false, or a template of either. @throws TaskFailure for anything else */
export const renderFlag = (flag: boolean | Source | undefined, scope: Scope, name: string): boolean => {
  if (flag === undefined || typeof flag === 'boolean') return flag ?? false;
  const value = scope.render(flag.text);
  const known = typeof value === 'boolean' ? value : booleans[String(value).toLowerCase()];
  if (known === undefined)
    throw new TaskFailure(`${name} wants true or false, found ${JSON.stringify(value)}`);
  return known;
};

const variableFlag = (scope: Scope, name: string): boolean | undefined => {
  const value = scope.get(name);
  return value === undefined ? undefined : booleans[String(value).toLowerCase()];
};

/** The account a task wants to act as: `become` of the task, then `ansible_become`, then `--become`. */
export const userOf = (task: Task, scope: Scope, { login, become }: Omit<Accounts, 'exec'>): string => {
  const becomes =
    task.become === undefined
      ? (variableFlag(scope, 'ansible_become') ?? become)
      : renderFlag(task.become, scope, 'become');
  if (!becomes) return login;
  const named = task.becomeUser === undefined ? scope.get('ansible_become_user') : task.becomeUser;
  if (named === undefined) return 'root';
  return String(
    typeof named === 'object' && named !== null && 'text' in named ? scope.render(String(named.text)) : named,
  );
};

const environmentOf = (task: Task, scope: Scope): Readonly<Record<string, string>> | undefined => {
  const layers = task.environment.map((layer) => scope.render(layer.value, layer) as Record<string, unknown>);
  const names = Object.entries(Object.assign({}, ...layers));
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map(([name, value]) => [name, String(value)]));
};

/** The task's account and environment, relative to the account that scripts run as. */
export const identityOf = (task: Task, scope: Scope, accounts: Accounts): Identity => {
  const user = userOf(task, scope, accounts);
  return {
    ...(user === accounts.exec ? {} : { user }),
    ...(task.environment.length === 0 ? {} : { environment: environmentOf(task, scope) }),
  };
};

const becomesSomebody = ({ become }: Pick<Inherited, 'become'>): boolean =>
  become !== undefined && become !== false;

/**
 * The accounts of a host's run. Scripts run as root as soon as any task becomes somebody (root can look at everything and
 * be anybody), else as the login account.
 */
export const accountsOf = (
  plays: readonly Play[],
  variables: HostVariables,
  login: string,
  become: boolean,
): Accounts => {
  const entries = plays.flatMap((play) => [...play.entries, ...play.handlers]);
  const byVariable = plays.some((play) => variableFlag(variables.playScope(play), 'ansible_become') === true);
  const isRootWanted = become || byVariable || entries.some(becomesSomebody);
  return { login, exec: isRootWanted ? 'root' : login, become };
};
