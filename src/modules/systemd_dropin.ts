import { z } from 'zod';
import { unitFilePath } from '../actions/install-unit-file.ts';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { boolean } from './params/boolean.ts';
import { text } from './params/text.ts';
import { factsOfUnitFile, type ManagedUnitFile, planUnitFile } from './systemd/plan-unit-file.ts';
import { unitParam } from './systemd/unit-param.ts';
import { checkText, textOf, textParams } from './systemd/unit-text.ts';

const params = z
  .strictObject({
    unit: unitParam().describe(
      'The unit it adds to: `redis-server`, `foo@.service`, …; without suffix a service.',
    ),
    name: text()
      .refine((name) => /^[A-Za-z0-9:_@-][A-Za-z0-9:_.@-]*$/.test(name), {
        error: 'expected a file name without folders',
      })
      .default('override')
      .transform((name) => (name.endsWith('.conf') ? name : `${name}.conf`))
      .describe('Name of the file in `/etc/systemd/system/UNIT.d`, with or without `.conf`.'),
    ...textParams,
    state: z.enum(['present', 'absent']).default('present').describe('`absent`: the file is removed.'),
    verify: boolean()
      .default(true)
      .describe(
        'Have `systemd-analyze verify` look at the unit with it first. What it refuses is not installed.',
      ),
  })
  .superRefine(checkText);

type Params = z.infer<typeof params>;

const managed = (given: Params): ManagedUnitFile => ({
  unit: given.unit,
  dropIn: given.name,
  text: given.state === 'absent' ? undefined : textOf(given),
  isVerified: given.verify,
});

/** A drop-in of the administrator's. */
export const systemdDropin = defineModule({
  name: 'systemd_dropin',
  summary:
    'Writes a drop-in for a unit, verified before it is installed and read by systemd right after; an enabled unit gets its links anew when [Install] changes. Running units are not restarted.',
  examples: `
- name: The main process belongs to the target
  systemd_dropin:
    unit: matrix-synapse
    sections:
      Unit:
        PartOf: matrix-synapse.target
        After: redis-server.service postgresql.service
      Service:
        Restart: always
      Install:
        WantedBy: ["", matrix-synapse.target]
`,
  params,
  facts: (given) => factsOfUnitFile(managed(given)),
  plan: (given, facts) => planUnitFile(managed(given), facts),
  claims: (given) =>
    given.state === 'absent'
      ? []
      : [
          {
            key: file(unitFilePath({ unit: given.unit, dropIn: given.name })),
            wanted: { sha256: sha256(textOf(given)) },
          },
        ],
});
