import { z } from 'zod';
import { content, largestContentBytes } from '../facts/contents.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { base64 } from '../util/base64.ts';
import { path } from './params/path.ts';

const params = z.strictObject({
  src: path().describe('File on the host. A link is followed.'),
});

/** Reads a file of the host; changes nothing. */
export const slurp = defineModule({
  name: 'slurp',
  summary: 'Reads a file of the host, for `register`: its content comes as base64.',
  examples: `
- name: What the other machines have to know
  slurp:
    src: /etc/matrix-synapse/conf.d/secrets.yaml
  register: secrets
  no_log: true
- debug:
    msg: "{{ motd.content | b64decode }}"
  vars: { motd: { content: aGVsbG8= } }
`,
  params,
  aliases: { path: 'src' },
  facts: ({ src }) => [content(src)],
  plan({ src }, facts) {
    const seen = facts.get(content(src));
    if (seen === absent) throw new TaskFailure(`file not found: ${src}`);
    if (seen.bytes === undefined)
      throw new TaskFailure(
        `${src} has ${seen.sizeBytes} bytes; a file of more than ${largestContentBytes} is not read`,
      );
    return { actions: [], result: { content: base64(seen.bytes), encoding: 'base64', source: src } };
  },
});
