import { z } from 'zod';
import { unitFilePath } from '../actions/install-unit-file.ts';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { boolean } from './params/boolean.ts';
import { factsOfUnitFile, type ManagedUnitFile, planUnitFile } from './systemd/plan-unit-file.ts';
import { unitParam } from './systemd/unit-param.ts';
import { checkText, textOf, textParams } from './systemd/unit-text.ts';

const params = z
  .strictObject({
    name: unitParam().describe(
      'The unit: `foo.service`, a template `foo@.service`, `foo.target`, …; without suffix a service.',
    ),
    ...textParams,
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('`absent`: the unit is stopped, disabled, and its file removed.'),
    verify: boolean()
      .default(true)
      .describe(
        'Have `systemd-analyze verify` look at it first. What it refuses is not installed; a program that is not there yet is no reason.',
      ),
  })
  .superRefine(checkText);

type Params = z.infer<typeof params>;

const managed = (given: Params): ManagedUnitFile => ({
  unit: given.name,
  dropIn: undefined,
  text: given.state === 'absent' ? undefined : textOf(given),
  isVerified: given.verify,
});

/** A unit file of the administrator's. */
export const systemdUnit = defineModule({
  name: 'systemd_unit',
  summary:
    'Writes a unit file to /etc/systemd/system, verified before it is installed and read by systemd right after. Running units are not restarted.',
  examples: `
- name: A target for all of Synapse
  systemd_unit:
    name: matrix-synapse.target
    sections:
      Unit:
        Description: Matrix Synapse with all its workers
        After: network.target
      Install:
        WantedBy: multi-user.target

- name: A template for workers
  systemd_unit:
    name: worker@.service
    content: |
      [Service]
      ExecStart=/usr/local/bin/worker %i
      [Install]
      WantedBy=multi-user.target
`,
  params,
  facts: (given) => factsOfUnitFile(managed(given)),
  plan: (given, facts) => planUnitFile(managed(given), facts),
  claims: (given) =>
    given.state === 'absent'
      ? []
      : [
          {
            key: file(unitFilePath({ unit: given.name, dropIn: undefined })),
            wanted: { sha256: sha256(textOf(given)) },
          },
        ],
});
