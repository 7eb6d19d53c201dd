import { posix } from 'node:path';
import { z } from 'zod';
import { fetchFile } from '../actions/done-here.ts';
import { file } from '../facts/files.ts';
import { absent } from '../model/fact.ts';
import { defineModule, type TaskContext } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { memoizeByObject } from '../util/memoize-by-object.ts';
import { sha1 } from '../util/sha1.ts';
import { sha256 } from '../util/sha256.ts';
import { resolvePlace } from './files/resolve-path.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';

const params = z.strictObject({
  src: path().describe('The file of the host; links are followed.'),
  dest: z
    .string({ error: 'expected a path of this machine' })
    .min(1)
    .describe(
      'Folder of this machine, relative to the playbook. The file goes to HOST/PATH below it; with `flat` to it itself, or under its own name where there is a slash at the end.',
    ),
  flat: boolean().default(false).describe('Without the folders HOST/PATH.'),
  fail_on_missing: boolean().default(true).describe('Fail where the host has no such file.'),
  validate_checksum: boolean().default(true).describe('Check that what arrives is what the host has.'),
});

type Params = z.infer<typeof params>;

/** Hashed once, however many passes a run takes. */
const hash = memoizeByObject((bytes: Uint8Array): string => sha256(bytes));

const placeOf = ({ src, dest, flat }: Params, context: TaskContext): string => {
  if (!flat) return posix.join(dest, String(context.evaluate('inventory_hostname')), src);
  if (dest.endsWith('/')) return posix.join(dest, posix.basename(src));
  if (context.localFile(dest).kind === 'directory')
    throw new TaskFailure(
      'dest is an existing directory, use a trailing slash if you want to fetch src into that directory',
    );
  return dest;
};

/** Brings files of hosts here. */
export const fetch = defineModule({
  name: 'fetch',
  summary: 'Brings a file of the host to the machine that runs syn-deploy.',
  examples: `
- fetch:
    src: /etc/matrix-synapse/homeserver.signing.key
    dest: keys/
`,
  params,
  facts: ({ src }) => [file(src)],
  plan(task, facts, context) {
    const { path: found, fact } = resolvePlace(facts, task.src);
    if (fact === absent) {
      const msg = 'the remote file does not exist';
      if (task.fail_on_missing) throw new TaskFailure(`${msg}: ${task.src}`, { file: task.src });
      return { actions: [], result: { msg: `${msg}, not transferring, ignored`, file: task.src } };
    }
    if (fact.type === 'directory')
      throw new TaskFailure(`remote file is a directory, fetch cannot work on directories: ${task.src}`);
    if (fact.type !== 'file') throw new TaskFailure(`${task.src} is a ${fact.type}, not a file`);
    const local = context.localFile(placeOf(task, context));
    if (local.kind === 'directory') throw new TaskFailure(`${local.path} is a directory`);
    const result = { dest: local.path, file: task.src };
    if (local.bytes !== undefined && hash(local.bytes) === fact.sha256)
      return { actions: [], result: { ...result, checksum: sha1(local.bytes) } };
    const action = fetchFile(
      { path: found, to: local.path, sha256: task.validate_checksum ? fact.sha256 : undefined },
      { summary: `fetch ${task.src} to ${local.path} (${fact.sizeBytes} bytes)` },
    );
    return {
      actions: [action],
      result,
      finish: () => {
        const { bytes } = context.localFile(local.path);
        return bytes === undefined ? {} : { checksum: sha1(bytes), remote_checksum: sha1(bytes) };
      },
    };
  },
});
