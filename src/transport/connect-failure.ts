import { type ConnectionSettings, Unreachable } from '../model/transport.ts';

/** How far a connection has come. */
export type ConnectPhase = 'tcp' | 'handshake' | 'login';

const hintsByCode: Readonly<Record<string, readonly [text: string, hint: string]>> = {
  ENOTFOUND: ['there is no such host name', 'is ansible_host right, and does the name resolve here?'],
  EAI_AGAIN: ['the name could not be looked up just now', 'is there a working resolver (/etc/resolv.conf)?'],
  EAI_FAIL: ['the name could not be looked up', 'is there a working resolver (/etc/resolv.conf)?'],
  ECONNREFUSED: ['nothing listens there', 'is sshd running, and is ansible_port right?'],
  ETIMEDOUT: ['no answer', 'is the host up, and does a firewall let this port through?'],
  EHOSTUNREACH: ['no route to the host', 'is the host up, and is the address right?'],
  ENETUNREACH: ['no route to that network', 'is this machine on a network that leads there (IPv6, VPN)?'],
  EACCES: ['this machine forbids the connection', 'does a local firewall reject it?'],
  ECONNRESET: [
    'the other side reset the connection',
    'is it sshd that listens there, and does it let this address in?',
  ],
};

/** A host for messages: its name, what is connected to, and where ssh's configuration says so. */
export const placeOf = ({ host, address, port, origins = [] }: ConnectionSettings): string => {
  const isNamed = address === host;
  const notes = origins.filter((one) => one.startsWith('Port ') || (!isNamed && one.startsWith('HostName ')));
  if (isNamed && notes.length === 0) return `${host} port ${port}`;
  return `${host} (${[`${address} port ${port}`, ...notes].join('; ')})`;
};

const messageOf = (error: Error): string => error.message.replace(/^Handshake failed: /, '');

/** An error of the socket or of the SSH library, before a login, in words that say what to do. */
export const connectFailure = (
  settings: ConnectionSettings,
  phase: ConnectPhase,
  error: Error,
): Unreachable => {
  const code = 'code' in error ? String(error.code) : '';
  const place = placeOf(settings);
  const known = hintsByCode[code];
  if (phase === 'tcp' || code === 'ECONNRESET') {
    const [text, hint] = known ?? [messageOf(error) || code, undefined];
    return new Unreachable('connect', `cannot connect to ${place}: ${text}`, hint, { cause: error });
  }
  if (phase === 'login')
    return new Unreachable(
      'login',
      `${place} broke off the login of ${settings.user}: ${messageOf(error)}`,
      "sshd's log on the host says why (journalctl -u ssh)",
      { cause: error },
    );
  return new Unreachable(
    'connect',
    `${place} did not complete the SSH handshake: ${messageOf(error)}`,
    'is it a current sshd that listens there?',
    { cause: error },
  );
};

/** Nothing came for too long. */
export const connectTimeout = (settings: ConnectionSettings, phase: ConnectPhase): Unreachable => {
  const time = `within ${settings.connectTimeoutMs / 1000} s`;
  const place = placeOf(settings);
  if (phase === 'tcp')
    return new Unreachable(
      'timeout',
      `no answer from ${place} ${time}`,
      'is the host up, and does a firewall let this port through? --timeout sets how long to wait',
    );
  if (phase === 'handshake')
    return new Unreachable(
      'timeout',
      `${place} takes the connection but does not answer as SSH ${time}`,
      'is it sshd that listens there? --timeout sets how long to wait',
    );
  return new Unreachable(
    'timeout',
    `${place} did not answer the login of ${settings.user} ${time}`,
    'does sshd wait for a name server or a directory service? --timeout sets how long to wait',
  );
};
