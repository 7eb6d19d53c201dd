import { z } from 'zod';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { text } from '../params/text.ts';

const address = (description: string) =>
  text()
    .refine(
      (value) => /^(?:any|\d+(?:\.\d+){3}(?:\/[\d.]+)?|[0-9a-f:.]*:[0-9a-f:.]*(?:\/\d+)?)$/i.test(value),
      {
        error: 'expected an address, a network or any',
      },
    )
    .default('any')
    .describe(description);

const port = (description: string) =>
  text()
    .refine((value) => /^(?:any|[a-zA-Z][\w+.-]*|\d+(?::\d+)?(?:,\d+(?::\d+)?)*)$/.test(value), {
      error: 'expected a port, first:last, a list with commas, or the name of a service',
    })
    .optional()
    .describe(description);

const word = (description: string) =>
  text()
    .refine((value) => /^[^\s!]+$/.test(value), { error: 'expected the name of an interface' })
    .optional()
    .describe(description);

const protocols = ['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp', 'vrrp'] as const;

/** `logging: on` is true in YAML. */
const logging = z
  .union(
    [
      z.boolean().transform((value): string => (value ? 'on' : 'off')),
      z.enum(['on', 'off', 'low', 'medium', 'high', 'full']),
    ],
    { error: 'expected on, off, low, medium, high or full' },
  )
  .optional()
  .describe('Whether packets are noted in the log, and how many.');

/** What a task of `ufw` may say. */
export const ufwParams = z
  .strictObject({
    state: z
      .enum(['enabled', 'disabled', 'reloaded', 'reset'], {
        error: 'expected enabled, disabled, reloaded or reset',
      })
      .optional()
      .describe(
        '`enabled`: on, now and at boot; `disabled`: off. `reloaded` and `reset` happen at every run. What else the task says is done before it is enabled.',
      ),
    default: z
      .enum(['allow', 'deny', 'reject'], { error: 'expected allow, deny or reject' })
      .optional()
      .describe('What is done with packets of the direction that no rule has decided on.'),
    direction: z
      .enum(['in', 'out', 'incoming', 'outgoing', 'routed'])
      .optional()
      .describe('Of a rule: in or out; of `default`: incoming (default), outgoing or routed.'),
    logging,
    rule: z
      .enum(['allow', 'deny', 'limit', 'reject'], { error: 'expected allow, deny, limit or reject' })
      .optional()
      .describe('A rule that does this.'),
    delete: boolean().default(false).describe('The rule is to be gone.'),
    insert: integer()
      .optional()
      .describe('The number that a new rule gets. One that is there stays where it is.'),
    insert_relative_to: z
      .enum(['zero', 'first-ipv4', 'last-ipv4', 'first-ipv6', 'last-ipv6'])
      .default('zero')
      .describe('What `insert` is counted from.'),
    log: boolean().default(false).describe('Note new connections of the rule in the log.'),
    from_ip: address('Where packets come from.'),
    from_port: port('The port that they come from.'),
    to_ip: address('Where they go.'),
    to_port: port('The port that they go to.'),
    proto: z
      .enum(protocols, { error: `expected one of ${protocols.join(', ')}` })
      .optional()
      .describe('The protocol.'),
    name: text().optional().describe('A profile of /etc/ufw/applications.d, in place of ports and protocol.'),
    interface: word('The interface, with `direction`.'),
    interface_in: word('The interface that they come by.'),
    interface_out: word('The interface that they go by.'),
    route: boolean().default(false).describe('The rule is about packets that are passed on.'),
    comment: text()
      .refine((value) => /^[^\n\r']*$/.test(value), { error: 'expected one line without single quotes' })
      .optional()
      .describe('A comment on the rule.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, at: string) => addIssue({ code: 'custom', message, path: [at] });
    if ([task.state, task.default, task.logging, task.rule].every((value) => value === undefined))
      complain('one of state, default, rule and logging is required', 'rule');
    const isLong = ['incoming', 'outgoing', 'routed'].includes(task.direction ?? '');
    if (task.rule !== undefined && isLong) complain('of a rule direction is in or out', 'direction');
    if (task.default !== undefined && ['in', 'out'].includes(task.direction ?? ''))
      complain('of default direction is incoming, outgoing or routed', 'direction');
    if (task.name !== undefined && task.proto !== undefined)
      complain('name and proto exclude each other', 'proto');
    if (task.name !== undefined && task.to_port !== undefined)
      complain('name and to_port exclude each other', 'to_port');
    if (task.interface !== undefined && task.direction === undefined)
      complain('direction is required with interface', 'interface');
    for (const key of ['interface_in', 'interface_out'] as const) {
      if (task[key] !== undefined && task.direction !== undefined)
        complain(`${key} and direction exclude each other`, key);
      if (task[key] !== undefined && task.interface !== undefined)
        complain(`${key} and interface exclude each other`, key);
    }
    if (!task.route && task.interface_in !== undefined && task.interface_out !== undefined)
      complain('only with route: true a rule has two interfaces', 'interface_out');
  });

export type UfwTask = z.infer<typeof ufwParams>;
