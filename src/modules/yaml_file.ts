import { z } from 'zod';
import { file } from '../facts/files.ts';
import { defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { attributeParams } from './files/attribute-params.ts';
import { factsOfContent, installContent, planWithBackup } from './files/install-content.ts';
import { installParams } from './files/install-params.ts';
import { placeOf, resolvePlace } from './files/resolve-path.ts';
import { safeYaml } from './files/safe-yaml.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    path: path().describe('File on the host.'),
    value: z.unknown().describe('What is written: any value. Keys keep their order.'),
    header: text().optional().describe('Comment at the beginning; each line of it gets a `# `.'),
    ...attributeParams,
    ...installParams,
  })
  .refine(({ value }) => value !== undefined, { error: 'value is required', path: ['value'] });

type Params = z.infer<typeof params>;

const commentOf = (header: string): string =>
  header
    .trimEnd()
    .split('\n')
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');

const bytesOf = ({ value, header }: Params): Uint8Array =>
  new TextEncoder().encode(`${header === undefined ? '' : `${commentOf(header)}\n`}${safeYaml(value)}`);

/** A value written as YAML. */
export const yamlFile = defineModule({
  name: 'yaml_file',
  summary: 'Writes a value as a YAML file that YAML 1.1 and 1.2 read alike.',
  examples: `
- yaml_file:
    path: /etc/matrix-synapse/conf.d/redis.yaml
    owner: root
    group: matrix-synapse
    mode: "0640"
    value:
      redis:
        enabled: true
        path: /run/redis/redis-server.sock
`,
  params,
  aliases: { dest: 'path', content: 'value' },
  modes: ['mode'],
  facts: (task) => factsOfContent(task.path, bytesOf(task)),
  plan(task, facts, context) {
    const place = (task.follow ? resolvePlace : placeOf)(facts, task.path);
    const actions = installContent(facts, place, { ...task, bytes: bytesOf(task) }, context);
    return planWithBackup(actions, { path: task.path });
  },
  claims: (task) => {
    const { owner, group, mode } = task;
    return [{ key: file(task.path), wanted: { sha256: sha256(bytesOf(task)), owner, group, mode } }];
  },
});
