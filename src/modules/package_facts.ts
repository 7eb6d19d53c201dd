import { z } from 'zod';
import { packageInventory } from '../facts/inventories.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { textList } from './params/text-list.ts';

const params = z.strictObject({
  manager: textList()
    .refine((managers) => managers.every((name) => ['auto', 'apt'].includes(name)), {
      error: 'expected auto or apt: hosts are Debian',
    })
    .default(['auto'])
    .describe('`auto` or `apt`.'),
  strategy: z
    .enum(['first', 'all'], { error: 'expected first or all' })
    .default('first')
    .describe('Accepted: there is one manager.'),
});

interface Package {
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly category: string;
  readonly source: 'apt';
}

/** Packages by name, one of a foreign architecture as `name:arch`; each a list, as Ansible has it. */
const packagesOf = (stdout: string): Readonly<Record<string, readonly Package[]>> => {
  const [native = '', ...lines] = stdout.split('\n').filter((line) => line !== '');
  const named = lines.map((line): [string, readonly Package[]] => {
    const [name = '', version = '', arch = '', category = ''] = line.split('\t');
    const key = arch === native || arch === 'all' ? name : `${name}:${arch}`;
    return [key, [{ name: key, version, arch, category, source: 'apt' }]];
  });
  return Object.fromEntries(named);
};

/** Which packages are installed. */
export const packageFacts = defineModule({
  name: 'package_facts',
  summary:
    'Sets `ansible_facts.packages`: the packages that are installed, and their versions. There is no `origin`.',
  examples: `
- package_facts:
- debug:
    msg: "{{ ansible_facts.packages['openssh-server'][0].version }}"
`,
  params,
  tells: true,
  sets: () => ['packages'],
  facts: (_, { identity }) => [packageInventory(identity)],
  plan(_, facts, { identity }) {
    const answer = facts.get(packageInventory(identity));
    const packages = packagesOf(answer === absent ? '' : answer.stdout);
    return { actions: [], result: { ansible_facts: { packages } }, ansibleFacts: { packages } };
  },
});
