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

const planZone = (name: string, facts: Facts, context: TaskContext): Action[] => {
  const target = `${zones}/${name}`;
  const zone = facts.get(file(target));
  if (zone === absent || zone.type === 'directory')
    throw new TaskFailure(
      `there is no time zone ${name} on the host: the package tzdata (for old names tzdata-legacy) brings them`,
    );
  const current = facts.get(file(link));
  const isThere =
    current !== absent && current.type === 'link' && posix.resolve('/etc', current.target) === target;
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

/** The third line of /etc/adjtime; without one the clock counts UTC. @see hwclock(8) */
const planClock = (wanted: 'UTC' | 'local', facts: Facts, context: TaskContext): Action[] => {
  const place = resolvePlace(facts, clockFile);
  const [drift = '0.0 0 0.0', last = '0', mode = 'UTC'] = (textAt(facts, place) ?? '')
    .split('\n')
    .filter((line) => line !== '');
  const word = wanted === 'local' ? 'LOCAL' : 'UTC';
  return mode.trim() === word ? [] : rewriteText(facts, place, `${drift}\n${last}\n${word}\n`, context);
};

const plan = ({ name, hwclock }: ZoneTask, facts: Facts, context: TaskContext): TaskPlan => ({
  actions: [
    ...(name === undefined ? [] : planZone(name, facts, context)),
    ...(hwclock === undefined ? [] : planClock(hwclock, facts, context)),
  ],
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
