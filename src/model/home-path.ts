import type { z } from 'zod';

/** `~/x`, `~jdoe/x`, and `$HOME/x`, which is `~/x`: a path below the home of an account of the host. */
export const isHomePath = (text: string): boolean => /^(?:~[\w.-]*|\$HOME|\$\{HOME\})(?:\/|$)/.test(text);

/** What is taken for a path on a host. */
export const hostPath = /^(?:\/|(?:~[\w.-]*|\$HOME|\$\{HOME\})(?:\/|$))/;

/** How such a path is kept until the home is known: no other path that a schema gives begins with two slashes. */
export const markHomePath = (path: string): string =>
  `//${path.replace(/^\$(?:HOME|\{HOME\})(?=\/|$)/, '~')}`;

const relativeMark = '//.~/';

/** Whether a path is one that `markRelativePaths` has marked. */
export const isMarkedRelative = (path: string): boolean => path.startsWith(relativeMark);

/** What a path of the host begins with that is not absolute as it is written, and what is below that. */
export interface HomePath {
  /** Whose home; undefined: whoever acts. */
  readonly user: string | undefined;
  /** It is relative: it begins where whoever logs in begins, whoever acts. */
  readonly isRelative: boolean;
  /** Empty, or with a slash before it. */
  readonly rest: string;
}

/** @returns undefined for a value that was not marked */
export const readHomePath = (value: unknown): HomePath | undefined => {
  const match = typeof value === 'string' ? /^\/\/(\.?)~([\w.-]*)((?:\/.*)?)$/.exec(value) : null;
  if (match === null) return undefined;
  const [, dot = '', user = '', rest = ''] = match;
  if (dot !== '') return user === '' ? { user: undefined, isRelative: true, rest } : undefined;
  return { user: user === '' ? undefined : user, isRelative: false, rest };
};

type Path = readonly PropertyKey[];

const changeAt = (value: unknown, [first, ...rest]: Path, change: (text: string) => string): unknown => {
  if (first === undefined) return typeof value === 'string' ? change(value) : value;
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? changeAt(item, rest, change) : item));
  if (typeof value !== 'object' || value === null) return value;
  const part = (value as Record<PropertyKey, unknown>)[first];
  return { ...value, [first]: changeAt(part, rest, change) };
};

/** A variable of the environment other than HOME, an account that cannot be one: no path that begins at a folder. */
const mark = (text: string): string => (/^[^/~$]/.test(text) ? `${relativeMark}${text}` : text);

/** Whether a schema misses a path of the host. */
const wantsHostPath = (issue: z.core.$ZodIssue): boolean =>
  (issue.code === 'invalid_format' && issue.pattern === String(hostPath)) ||
  (issue.code === 'custom' && issue.params?.['wants'] === 'host-path');

/**
 * Parses parameters among which paths of the host may be relative, as by Ansible: the schemas of all modules take absolute ones
 * only, and are then given marked ones instead.
 */
export const parseWithRelativePaths = <P>(schema: z.ZodType<P>, args: unknown): z.ZodSafeParseResult<P> => {
  const parsed = schema.safeParse(args);
  const wrong = parsed.error?.issues.filter(wantsHostPath) ?? [];
  if (wrong.length === 0) return parsed;
  return schema.safeParse(wrong.reduce((sum: unknown, { path }) => changeAt(sum, path, mark), args));
};
