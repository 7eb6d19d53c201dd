import { posix } from 'node:path';
import { z } from 'zod';
import { makeLink } from '../actions/make-link.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { textAt } from './files/edit-file.ts';
import { placeOf, resolvePlace } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    name: text()
      .refine((name) => /^[A-Za-z0-9+_-]+(\/[A-Za-z0-9+_-]+)*$/.test(name), {
        error: 'expected a time zone such as Europe/Berlin or Etc/UTC',
      })
      .optional()
      .describe('The time zone: `Europe/Berlin`. cron and other services take it when they are restarted.'),
    hwclock: z
      .enum(['UTC', 'local'], { error: 'expected UTC or local' })
      .optional()
      .describe(
        'What the clock of the hardware counts, as /etc/adjtime says it. The clock itself is left as it is.',
      ),
  })
  .superRefine(({ name, hwclock }, { addIssue }) => {
    if (name === undefined && hwclock === undefined)
      addIssue({ code: 'custom', message: 'one of name and hwclock is required', path: ['name'] });
  });

type ZoneTask = z.infer<typeof params>;

const zones = '/usr/share/zoneinfo';
const link = '/etc/localtime';
const nameFile = '/etc/timezone';
const clockFile = '/etc/adjtime';

/** What reads the clock by the zone is other after it: Ansible's `date_time`. */
const withTaint = (action: Action): Action => ({
  ...action,
  taints: [...(action.taints ?? []), { kind: 'system' }],
});

/** The zone that the host is in; undefined: none that has a name. */
const zoneOf = (facts: Facts): string | undefined => {
  const current = facts.get(file(link));
  if (current === absent || current.type !== 'link') return undefined;
  const path = posix.resolve('/etc', current.target);
  return path.startsWith(`${zones}/`) ? path.slice(zones.length + 1) : undefined;
};

const planZone = (name: string, facts: Facts, context: TaskContext): Action[] => {
  const target = `${zones}/${name}`;
  const zone = facts.get(file(target));
  if (zone === absent || zone.type === 'directory')
    throw new TaskFailure(
      `there is no time zone ${name} on the host: the package tzdata (for old names tzdata-legacy) brings them`,
    );
  const current = facts.get(file(link));
  const isThere = zoneOf(facts) === name;
  const place = placeOf(facts, nameFile);
  const written = textAt(facts, place);
  return [
    ...(isThere ? [] : [withTaint(makeLink(link, target, current, context.identity))]),
    // Only older releases have that file.
    ...(written === undefined || written.trim() === name
      ? []
      : rewriteText(facts, place, `${name}\n`, context)),
  ];
};

/** The lines of /etc/adjtime; without a third one the clock counts UTC. @see hwclock(8) */
const clockOf = (
  facts: Facts,
): { readonly drift: string; readonly last: string; readonly isLocal: boolean } => {
  const [drift = '0.0 0 0.0', last = '0', mode = 'UTC'] = (
    textAt(facts, resolvePlace(facts, clockFile)) ?? ''
  )
    .split('\n')
    .filter((line) => line !== '');
  return { drift, last, isLocal: mode.trim() === 'LOCAL' };
};

const planClock = (wanted: 'UTC' | 'local', facts: Facts, context: TaskContext): Action[] => {
  const { drift, last, isLocal } = clockOf(facts);
  if (isLocal === (wanted === 'local')) return [];
  const word = wanted === 'local' ? 'LOCAL' : 'UTC';
  return rewriteText(facts, resolvePlace(facts, clockFile), `${drift}\n${last}\n${word}\n`, context);
};

/** What was asked for, as it is and as it will be: a later task may put it back. */
const diffOf = ({ name, hwclock }: ZoneTask, facts: Facts): Record<string, unknown> => ({
  before: {
    ...(name !== undefined && { name: zoneOf(facts) ?? 'n/a' }),
    ...(hwclock !== undefined && { hwclock: clockOf(facts).isLocal ? 'local' : 'UTC' }),
  },
  after: { ...(name !== undefined && { name }), ...(hwclock !== undefined && { hwclock }) },
});

const plan = ({ name, hwclock }: ZoneTask, facts: Facts, context: TaskContext): TaskPlan => ({
  actions: [
    ...(name === undefined ? [] : planZone(name, facts, context)),
    ...(hwclock === undefined ? [] : planClock(hwclock, facts, context)),
  ],
  result: { diff: diffOf({ name, hwclock }, facts) },
});

/** The time zone of the host. */
export const timezone = defineModule({
  name: 'timezone',
  summary: 'Sets the time zone of the host.',
  examples: `
- timezone:
    name: Europe/Berlin
  notify: Restart cron
- timezone:
    name: Etc/UTC
    hwclock: UTC
`,
  params,
  aliases: { rtc: 'hwclock' },
  facts: ({ name, hwclock }) => [
    ...(name === undefined ? [] : [file(`${zones}/${name}`), file(link), file(nameFile), content(nameFile)]),
    ...(hwclock === undefined ? [] : [file(clockFile), content(clockFile)]),
  ],
  plan,
  claims: ({ name, hwclock }) => [
    { key: file(link), wanted: { name: name ?? null, hwclock: hwclock ?? null }, prunable: false },
  ],
});
