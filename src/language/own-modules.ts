import { posix } from 'node:path';
import type { AnyModule } from '../model/module.ts';
import type { Span } from '../model/span.ts';
import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { ansibleModules } from './ansible-modules.ts';
import { createIncludeVars, describedIncludeVars } from './include-vars.ts';
import { isForOtherSystems } from './other-systems.ts';
import type { Scope } from './scope.ts';
import { createStandIn, ifItsTurnComes } from './stand-in.ts';

/** Modules that read files of the project as this room does, so that they are made here. */
const makers: Readonly<Record<string, (scope: Scope) => AnyModule>> = { include_vars: createIncludeVars };

/** They as references and schemas show them. */
export const describedModules: readonly AnyModule[] = [describedIncludeVars];

export const isOwnModule = (name: string): boolean => Object.hasOwn(makers, name);

/** Whether the role, one before it, or the playbook brings a module of its own that is written for Ansible, in Python. */
export const isInLibrary = (name: string, { project, play, role }: Scope): boolean => {
  if (!/^\w+$/.test(name)) return false;
  const roles = role === undefined ? play.roles : [role, ...play.roles];
  const folders = [...roles.map(({ folder }) => folder), project.folder];
  return folders.some((folder) => project.files.kind(posix.join(folder, 'library', `${name}.py`)) === 'file');
};

const packageManagers =
  /^(?:yum|dnf5?|zypper|pacman|apk|homebrew|pkgng|openbsd_pkg|portage|xbps|macports|pkgin|opkg|urpmi|swupd|pkg5|pkgutil|slackpkg|sorcery|rpm_key|yum_repository|zypper_repository)$/;

const insteadOf = (name: string): string | undefined => {
  const last = name.split('.').at(-1) ?? name;
  return (
    ansibleModules.get(last) ??
    (packageManagers.test(last) ? 'hosts are Debian: use apt or package' : undefined)
  );
};

/** A name with a collection may be of a real module, or a mistyped one. */
const nearest = (name: string, { project }: Scope): string | undefined =>
  didYouMean(nearestName(name.split('.').at(-1) ?? name, project.registry.keys()));

/** Said once for a module and file. */
const warnOf = (name: string, key: Span, hint: string | undefined, { problems }: Scope): void => {
  const message = `Ansible's module "${name}" is not here${ifItsTurnComes}`;
  const isSaid = problems.all.some((known) => known.message === message && known.span?.file === key.file);
  if (!isSaid) problems.warning('module-not-here', message, key, { hint });
};

/** Stands for a module of Ansible's that is not here. Tasks that are clearly for other systems are not spoken of. */
const standInFor = (name: string, key: Span, scope: Scope): AnyModule => {
  const instead = insteadOf(name);
  const hint = instead ?? nearest(name, scope);
  if (!isForOtherSystems(scope.inherited.when)) warnOf(name, key, hint, scope);
  const message = `Ansible's module "${name}" is not here`;
  if (hint === undefined) return createStandIn(name, message);
  return createStandIn(name, `${message}; ${instead === undefined ? hint : `instead: ${instead}`}`);
};

/**
 * The module of a task: one of the registry, or one that is made for this task.
 *
 * @param scope  with what the task itself inherits and says
 */
export const moduleFor = (name: string, key: Span, scope: Scope): AnyModule =>
  scope.project.registry.get(name) ?? makers[name]?.(scope) ?? standInFor(name, key, scope);
