export interface GitAddress {
  /** Without the password. */
  readonly repo: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

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
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
};
