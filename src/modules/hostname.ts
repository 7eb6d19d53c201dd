import { z } from 'zod';
import { setHostname } from '../actions/set-hostname.ts';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { kernelSetting } from '../facts/kernel-settings.ts';
import { program } from '../facts/programs.ts';
import type { Action } from '../model/action.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { textAt } from './files/edit-file.ts';
import { placeOf } from './files/resolve-path.ts';
import { rewriteText } from './files/rewrite-text.ts';
import { text } from './params/text.ts';
import { needProgram } from './system/need-program.ts';

/** Of the kernel: HOST_NAME_MAX. */
const longest = 64;

const params = z.strictObject({
  name: text()
    .refine(
      (name) =>
        /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(name),
      {
        error: 'expected a host name: letters, digits, - and dots',
      },
    )
    .refine((name) => name.length <= longest, { error: `a host name has ${longest} characters at most` })
    .describe('The name. /etc/hosts is left alone.'),
  use: z
    .enum(['systemd', 'debian', 'generic'], {
      error: 'expected systemd, debian or generic: hosts are Debian',
    })
    .optional()
    .describe('Accepted: all of them do the same here.'),
});

type HostnameTask = z.infer<typeof params>;

const path = '/etc/hostname';

/** The file first: a cut line leaves what the next boot will make true. */
const plan = ({ name }: HostnameTask, facts: Facts, context: TaskContext): TaskPlan => {
  const place = placeOf(facts, path);
  const written = (textAt(facts, place) ?? '').replaceAll(/^#.*$/gm, '').trim();
  const live = facts.get(kernelSetting('kernel.hostname'));
  const before = live === absent ? '' : (live.value ?? '');
  const actions: Action[] = written === name ? [] : rewriteText(facts, place, `${name}\n`, context);
  if (before !== name) {
    needProgram(facts, 'hostname', 'hostname');
    actions.push(setHostname(name, before));
  }
  return { actions, result: { name } };
};

/** The name of the host. */
export const hostname = defineModule({
  name: 'hostname',
  summary: 'Sets the name of the host, in /etc/hostname and in the running kernel.',
  examples: `
- hostname:
    name: web01
- hostname:
    name: web01.example.org
    use: systemd
`,
  params,
  facts: () => [file(path), content(path), kernelSetting('kernel.hostname'), program('hostname')],
  plan,
  claims: ({ name }) => [{ key: file(path), wanted: { name }, prunable: false }],
});
