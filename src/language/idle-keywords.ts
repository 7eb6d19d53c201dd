import type { Fields } from './fields.ts';

/** Warns of keywords of Ansible's that have nothing to say here. */
export const warnOfIdle = (fields: Fields, idle: ReadonlyMap<string, string | undefined>): void => {
  for (const key of fields.keys)
    if (idle.has(key))
      fields.problems.warning('no-effect', `"${key}" has no effect`, fields.keySpan(key), {
        hint: idle.get(key),
      });
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
