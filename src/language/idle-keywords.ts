import type { Fields } from './fields.ts';

/** Warns of keywords of Ansible's that have nothing to say here. */
export const warnOfIdle = (fields: Fields, idle: ReadonlyMap<string, string | undefined>): void => {
  for (const key of fields.keys)
    if (idle.has(key))
      fields.problems.warning('no-effect', `"${key}" has no effect`, fields.keySpan(key), {
        hint: idle.get(key),
      });
};

const overSsh = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh']);
const isLocal = (text: string): boolean => /^(?:ansible\.builtin\.)?local$/.test(text);

/** Hosts that are this machine by their name. */
const localHosts = /^(?:localhost|127\.0\.0\.1|::1)$/;

/** How a host is reached is the inventory's to say; a keyword that says the same is taken. */
export const checkConnection = (fields: Fields): void => {
  const connection = fields.source('connection');
  if (connection === undefined || overSsh.has(connection.text)) return;
  const named = ['hosts', 'delegate_to'].filter((key) => fields.has(key)).map((key) => fields.at(key).value);
  if (isLocal(connection.text) && named.some((name) => localHosts.test(String(name).trim()))) return;
  fields.problems.notYet(
    `connection "${connection.text}"`,
    connection.span,
    isLocal(connection.text)
      ? 'set ansible_connection: local for the host in the inventory, or name localhost'
      : 'hosts are reached by ssh, or are this machine',
  );
};

/**
 * A task is over when its command is, so that `async` changes nothing where Ansible waits as well. Where it does not (`poll: 0`),
 * what comes next would wait for what may never end.
 */
export const checkAsync = (fields: Fields): void => {
  if (!fields.has('async')) return;
  const poll = fields.has('poll') ? fields.at('poll').value : undefined;
  if (poll === 0 || poll === '0')
    fields.problems.notYet(
      '"poll: 0"',
      fields.keySpan('poll'),
      'leave "poll" out and the task is waited for; for what goes on running write systemd_unit',
    );
};
