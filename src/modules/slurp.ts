import { z } from 'zod';
import { content, largestContentBytes } from '../facts/contents.ts';
import { absent } from '../model/fact.ts';
import { defineModule } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { base64 } from '../util/base64.ts';
import { path } from './params/path.ts';

const params = z.strictObject({
  src: path().describe('The file to read; links are followed.'),
});

/** Why a file that is there came without its content. */
const missingContent = (src: string, sizeBytes: number): string =>
  sizeBytes > largestContentBytes
    ? `${src} has ${sizeBytes} bytes; more than ${largestContentBytes} are not fetched`
    : `${src} was not fetched, since it holds what another task has for it; give a path that is known before the host is looked at`;

/** Reads a file of the host; changes nothing. */
export const slurp = defineModule({
  name: 'slurp',
  summary: 'Reads a file of the host, for `register`: `content` is base64.',
  examples: `
- slurp:
    src: /etc/machine-id
  register: machine_id
- debug:
    msg: "{{ machine_id.content | b64decode | trim }}"
`,
  params,
  aliases: { path: 'src' },
  facts: ({ src }) => [content(src)],
  plan({ src }, facts) {
    const found = facts.get(content(src));
    if (found === absent) throw new TaskFailure(`file not found: ${src}`);
    if (found.bytes === undefined) throw new TaskFailure(missingContent(src, found.sizeBytes));
    return {
      actions: [],
      result: { content: base64(found.bytes), encoding: 'base64', source: src },
    };
  },
});
