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

/**
 * One account logs in to a host for all tasks. As in Ansible a variable of the host says which, whatever the keyword says.
 *
 * @throws TaskFailure where only the keyword says it, and it is another one
 */
const checkRemoteUser = (
  { remoteUser, isLocal }: Task,
  scope: Scope,
  login: string,
  connection: Scope,
): void => {
  if (remoteUser === undefined || isLocal === true) return;
  const isHere =
    connection.get('ansible_connection') === 'local' || connection.get('inventory_hostname') === 'localhost';
  if (isHere || ['ansible_user', 'ansible_ssh_user'].some((name) => connection.has(name))) return;
  const wanted = typeof remoteUser === 'string' ? remoteUser : String(scope.render(remoteUser.text));
  if (wanted !== login)
    throw new TaskFailure(
      `remote_user is "${wanted}", and "${login}" logs in: set ansible_user in the inventory`,
    );
};

/**
 * The account a task wants to act as. As in Ansible, a variable of the host (`ansible_become`, `ansible_become_user`)
 * outranks the keyword, and that outranks `--become`.
 *
 * @param connection  variables of the machine that it is delegated to
 * @see https://docs.ansible.com/ansible/latest/reference_appendices/general_precedence.html
 */
export const userOf = (
  task: Task,
  scope: Scope,
  { login, become }: Omit<Accounts, 'exec'>,
  connection = scope,
): string => {
  checkRemoteUser(task, scope, login, connection);
  const keyword = task.become === undefined ? undefined : renderFlag(task.become, scope, 'become');
  if (!(variableFlag(connection, 'ansible_become') ?? keyword ?? become)) return login;
  const { becomeUser } = task;
  const keywordUser = typeof becomeUser === 'object' ? scope.render(becomeUser.text) : becomeUser;
  const variable = connection.get('ansible_sudo_user') ?? connection.get('ansible_become_user');
  return String(variable ?? keywordUser ?? 'root');
};

/** @throws TaskFailure where a template gives something else than a mapping, or nothing */
const layerOf = (layer: Task['environment'][number], scope: Scope): object => {
  const value = scope.render(layer.value, layer) ?? {};
  if (value === '') return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new TaskFailure(`environment wants a mapping of names to values, found ${JSON.stringify(value)}`);
};

const environmentOf = (task: Task, scope: Scope): Readonly<Record<string, string>> | undefined => {
  const names = Object.entries(Object.assign({}, ...task.environment.map((layer) => layerOf(layer, scope))));
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map(([name, value]) => [name, String(value)]));
};

/** The task's account and environment, relative to the account that scripts run as. */
export const identityOf = (
  task: Task,
  scope: Scope,
  accounts: Accounts,
  connection: Scope | undefined,
): Identity => {
  const user = userOf(task, scope, accounts, connection);
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
  const wantsRoot = (play: Play): boolean =>
    variableFlag(variables.playScope(play), 'ansible_become') ??
    (become || [...play.entries, ...play.handlers].some(becomesSomebody));
  return { login, exec: plays.some(wantsRoot) ? 'root' : login, become };
};
