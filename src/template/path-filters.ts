import { posix } from 'node:path';
import { listOf } from './list-of.ts';
import type { Lookups } from './lookups.ts';
import { type Operation, operation } from './operation.ts';
import { OperationProblem } from './operation-problem.ts';
import { pythonText } from './python-text.ts';

const variableOf = ({ env }: Lookups, name: string): string | undefined => env?.(name);

/** `~` of this machine. */
const expandUser = (path: string, lookups: Lookups): string =>
  /^~(?=\/|$)/.test(path) ? `${variableOf(lookups, 'HOME') ?? '~'}${path.slice(1)}` : path;

const expandVariables = (path: string, lookups: Lookups): string =>
  path.replaceAll(
    /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g,
    (whole, braced: string, bare: string) => variableOf(lookups, braced ?? bare) ?? whole,
  );

const commonPath = (paths: readonly string[]): string => {
  const [first, ...rest] = paths.map((path) => path.split('/').filter((part) => part !== ''));
  if (first === undefined) throw new OperationProblem('commonpath wants paths');
  const differs = first.findIndex((part, index) => rest.some((other) => other[index] !== part));
  const shared = differs < 0 ? first : first.slice(0, differs);
  return `${paths[0]?.startsWith('/') === true ? '/' : ''}${shared.join('/')}`;
};

const backslashes = (path: string): readonly string[] => path.split(/[\\/]/);

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

const urlParts = (text: string): Readonly<Record<string, unknown>> => {
  const [, scheme = '', netloc = '', path = '', query = '', fragment = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  const [, userInfo, host = '', port] = /^(?:(.*)@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(netloc) ?? [];
  const [username, password] = userInfo?.split(/:(.*)/s) ?? [];
  return {
    fragment,
    hostname: host === '' ? null : host.replace(/^\[|\]$/g, '').toLowerCase(),
    netloc,
    password: password ?? null,
    path,
    port: port === undefined || port === '' ? null : Number(port),
    query,
    scheme: scheme.toLowerCase(),
    username: username ?? null,
  };
};

const urlSplit = (value: unknown, part: unknown): unknown => {
  const parts = urlParts(pythonText(value));
  if (part === undefined || part === '') return parts;
  const name = pythonText(part);
  if (!Object.hasOwn(parts, name))
    throw new OperationProblem(`urlsplit: there is no part "${name}"`, Object.keys(parts).join(', '));
  return parts[name];
};

/** Filters of paths of this machine, of Windows', and of addresses. */
export const pathFilters: Readonly<Record<string, Operation>> = {
  expanduser: operation([], ({ lookups }, value) => expandUser(pythonText(value), lookups)),
  expandvars: operation([], ({ lookups }, value) => expandVariables(pythonText(value), lookups)),
  // NOTE: links of this machine are not followed.
  realpath: operation([], (_, value) => posix.normalize(pythonText(value))),
  commonpath: operation([], (_, value) => commonPath(listOf(value, 'commonpath').map(pythonText))),
  fileglob: operation([], ({ lookups }, value) => lookups.glob?.(pythonText(value)) ?? []),
  win_basename: operation([], (_, value) => backslashes(pythonText(value)).at(-1) ?? ''),
  win_dirname: operation([], (_, value) => pythonText(value).replace(/[\\/]+[^\\/]*$/, '')),
  win_splitdrive: operation([], (_, value) => {
    const [, drive = '', rest = ''] = /^([A-Za-z]:)?(.*)$/s.exec(pythonText(value)) ?? [];
    return [drive, rest];
  }),
  urldecode: operation([], (_, value) => decoded(pythonText(value))),
  urlsplit: operation(['query'], (_, value, part) => urlSplit(value, part)),
};
