import { posix } from 'node:path';
import { z } from 'zod';
import { type ContentFact, content, largestContentBytes } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { readable } from '../facts/readable.ts';
import { absent, type Facts, type Identity } from '../model/fact.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
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

/** The content is read by the account that is logged in, or by root. */
const asksFor = ({ user }: Identity): boolean => user !== undefined && user !== 'root';

const contentOf = (src: string, facts: Facts, { identity }: TaskContext): ContentFact => {
  const [place, above] = [facts.get(file(src)), facts.get(file(posix.dirname(src)))];
  if (place !== absent && asksFor(identity)) {
    const answer = facts.get(readable(src, identity));
    if (answer === absent || answer.exitStatus !== 0) throw new TaskFailure(`file is not readable: ${src}`);
  }
  if (place !== absent && place.type === 'directory')
    throw new TaskFailure(`source is a directory and must be a file: ${src}`);
  if (place === absent && above !== absent && above.type === 'file')
    throw new TaskFailure(`unable to slurp file: ${posix.dirname(src)} is not a directory`);
  const found = facts.get(content(src));
  if (found === absent) throw new TaskFailure(`file not found: ${src}`);
  return found;
};

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
  tells: true,
  aliases: { path: 'src' },
  facts: ({ src }, { identity }) => [
    content(src),
    file(src),
    file(posix.dirname(src)),
    ...(asksFor(identity) ? [readable(src, identity)] : []),
  ],
  plan({ src }, facts, context) {
    const found = contentOf(src, facts, context);
    if (found.bytes === undefined) throw new TaskFailure(missingContent(src, found.sizeBytes));
    return {
      actions: [],
      result: { content: base64(found.bytes), encoding: 'base64', source: src },
    };
  },
});
