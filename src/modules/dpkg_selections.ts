import { z } from 'zod';
import { selectPackage } from '../actions/select-package.ts';
import { dpkgSelection } from '../facts/dpkg-selections.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { text } from './params/text.ts';

const selections = ['install', 'hold', 'deinstall', 'purge'] as const;

const params = z.strictObject({
  name: text()
    .refine((name) => /^[a-z0-9][a-z0-9+.-]*(?::[a-z0-9-]+)?$/.test(name), {
      error: 'expected the name of a package',
    })
    .describe('The package.'),
  selection: z
    .enum(selections, { error: `expected one of ${selections.join(', ')}` })
    .describe(
      '`hold`: apt leaves it at its version. Nothing is installed or removed by this: `apt` does that.',
    ),
});

/** What dpkg is told to do with packages. */
export const dpkgSelections = defineModule({
  name: 'dpkg_selections',
  summary: 'Sets what dpkg is to do with a package: `hold` keeps its version.',
  examples: `
- name: The kernel stays
  dpkg_selections:
    name: linux-image-amd64
    selection: hold
- dpkg_selections:
    name: linux-image-amd64
    selection: install
`,
  params,
  facts: ({ name }) => [dpkgSelection(name)],
  plan({ name, selection }, facts) {
    const before = facts.get(dpkgSelection(name));
    if (before === absent && selection !== 'deinstall' && selection !== 'purge')
      throw new TaskFailure(`dpkg knows no package ${name}: a task with apt: name=${name} installs it`);
    const result = { before: before === absent ? 'not present' : before, after: selection };
    // A package that dpkg does not know is neither to be removed nor to be purged.
    const actions = before === absent || before === selection ? [] : [selectPackage(name, selection, before)];
    return { actions, result };
  },
  claims: ({ name, selection }) => [{ key: dpkgSelection(name), wanted: { selection }, prunable: false }],
});
