export interface GitAddress {
  /** Without the password. */
  readonly repo: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** As git decodes it: a `%` that begins no code stands for itself. */
const decoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString());

/**
 * The address apart from the password in it, which is kept out of arguments and of the checkout.
 *
 * @param repo  as `repo` of the module; only http and https carry a password
 * @returns `username` and `password` without percent signs
 */
export const addressOf = (repo: string): GitAddress => {
  const [, scheme = '', username = '', password = '', rest = ''] =
    /^(https?:\/\/)([^/:@]*):([^/@]*)@(.*)$/.exec(repo) ?? [];
  if (scheme === '') return { repo };
  return {
    repo: `${scheme}${rest}`,
    username: decoded(username),
    password: decoded(password),
  };
};

/** Longer than names of accounts are. */
const shortestToken = 20;

/**
 * What must not be shown of an address: the password in it, and a token in the place of the account's name
 * (`https://TOKEN@example.org/a.git`). A short one may be a name that other texts have too: it is hidden where an `@` follows.
 */
export const secretsInAddress = (repo: string): readonly string[] => {
  const [, , password] = /^https?:\/\/([^/:@]*):([^/@]*)@/.exec(repo) ?? [];
  if (password !== undefined) return [password, decoded(password)];
  const [, user = ''] = /^https?:\/\/([^/:@]+)@/.exec(repo) ?? [];
  if (user === '') return [];
  return user.length < shortestToken ? [`${user}@`] : [user, decoded(user)];
};
