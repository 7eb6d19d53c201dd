/** `~/x`, `~jdoe/x`: a path below the home of an account of the host. */
export const isHomePath = (text: string): boolean => /^~[\w.-]*(?:\/|$)/.test(text);

/** How such a path is kept until the home is known: no other path that a schema gives begins with two slashes. */
export const markHomePath = (path: string): string => `//${path}`;

/** Whose home it is, and what is below it. */
export interface HomePath {
  /** undefined: whoever acts. */
  readonly user: string | undefined;
  /** Empty, or with a slash before it. */
  readonly rest: string;
}

/** @returns undefined for a value that was not marked */
export const readHomePath = (value: unknown): HomePath | undefined => {
  const match = typeof value === 'string' ? /^\/\/~([\w.-]*)((?:\/.*)?)$/.exec(value) : null;
  if (match === null) return undefined;
  const [, user = '', rest = ''] = match;
  return { user: user === '' ? undefined : user, rest };
};
