import { z } from 'zod';
import { defineModule } from '../model/module.ts';
import { apt } from './apt.ts';
import { textList } from './params/text-list.ts';

const params = z.strictObject({
  name: textList().describe('Packages, as `apt` takes them.'),
  state: z.enum(['present', 'absent', 'latest']).default('present').describe('`latest` upgrades too.'),
  use: z
    .enum(['auto', 'apt'], { error: 'expected auto or apt, the one package manager that is known here' })
    .default('auto')
    .describe('The package manager.'),
});

type Params = z.infer<typeof params>;

const asApt = (p: Params) => apt.params.parse({ name: p.name, state: p.state });

/** Packages, whatever brings them; here apt does. */
export const packageModule = defineModule({
  name: 'package',
  summary: 'Installs and removes packages by the package manager of the host.',
  examples: `- name: curl is installed
  package:
    name: curl
    state: present
`,
  params,
  aliases: { pkg: 'name' },
  facts: (p, context) => apt.facts(asApt(p), context),
  plan: (p, facts, context) => apt.plan(asApt(p), facts, context),
  claims: (p, context) => apt.claims?.(asApt(p), context) ?? [],
});
