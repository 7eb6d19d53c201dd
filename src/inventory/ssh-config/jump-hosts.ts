/** A host on the way to another. */
export interface JumpHost {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

const largestPort = 65_535;

/** `user@host:port`, `ssh://user@host:port`, `[::1]:2222`. */
const readJumpHost = (text: string): JumpHost | undefined => {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:/@[\]]+))(?::(\d+)?)?\/?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && (number < 1 || number > largestPort)) return undefined;
  return { user, host, port: number };
};

/** The hosts of `ProxyJump` and `-J`, the first to connect to first. @returns undefined where one cannot be read */
export const readJumpHosts = (text: string): readonly JumpHost[] | undefined => {
  const hosts = text.split(',').map(readJumpHost);
  return hosts.every((host) => host !== undefined) ? hosts : undefined;
};

/** As `readJumpHosts` reads it. */
export const renderJumpHost = ({ user, host, port }: JumpHost): string => {
  const isNumeric = host.includes(':') || /^[0-9.]+$/.test(host);
  return [
    user === undefined ? '' : `${user}@`,
    isNumeric ? `[${host}]` : host,
    port === undefined ? '' : `:${port}`,
  ].join('');
};
