import { z } from 'zod';
import { file } from '../facts/files.ts';
import { hostPath } from '../model/home-path.ts';
import { type Claim, defineModule } from '../model/module.ts';
import { sha256 } from '../util/sha256.ts';
import { attributeParams } from './files/attribute-params.ts';
import { copySource, type LocalSource } from './files/copy-source.ts';
import { installParams, modeOfSource, preservableMode } from './files/install-params.ts';
import { below, factsOfLocalCopy, planLocalCopy, usualRoot } from './files/plan-copy.ts';
import { factsOfRemoteCopy, planRemoteCopy } from './files/plan-remote-copy.ts';
import { boolean } from './params/boolean.ts';
import { mode } from './params/mode.ts';
import { clean, pathWithSlash } from './params/path.ts';

const params = z
  .strictObject({
    src: z
      .string()
      .refine((src) => src !== '', { error: 'src (or content) is required' })
      .optional()
      .describe(
        'File or folder, relative to files/ of the role or beside the playbook. A folder with a trailing slash: what is in it.',
      ),
    content: z
      .union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())])
      .optional()
      .describe('The text itself; a list or mapping is written as JSON.'),
    dest: pathWithSlash().describe('Path on the host. With a trailing slash, or where a folder is: in it.'),
    ...attributeParams,
    mode: preservableMode,
    directory_mode: mode().optional().describe('Permissions of folders that are copied or made on the way.'),
    ...installParams,
    remote_src: boolean().default(false).describe('src is a path on the host, of a file or a folder.'),
    checksum: z
      .string()
      .regex(/^[0-9a-fA-F]{40}$|^[0-9a-fA-F]{64}$/, { error: 'expected a SHA-1 or SHA-256 in hex' })
      .optional()
      .describe('SHA-1 (or SHA-256) that the source must have.'),
    local_follow: boolean()
      .default(true)
      .describe(
        'False: links in a folder are copied as links. Otherwise they stand for what they lead to; links of the project to nothing, or to a folder that they are in, stay links.',
      ),
    decrypt: boolean()
      .default(true)
      .describe('What is encrypted in the project arrives decrypted; false: as it lies there.'),
  })
  .superRefine((task, { addIssue }) => {
    const complain = (message: string, path: string) => addIssue({ code: 'custom', message, path: [path] });
    const isText = task.content !== undefined;
    if (isText && task.src !== undefined) complain('src and content are mutually exclusive', 'content');
    if (!isText && task.src === undefined) complain('src (or content) is required', 'src');
    if (isText && task.dest.endsWith('/')) complain('content goes into a file, not into a folder', 'dest');
    if (isText && task.remote_src) complain('remote_src goes with src', 'remote_src');
    if (task.remote_src && task.src !== undefined && !hostPath.test(task.src))
      addIssue({
        code: 'custom',
        message: 'expected an absolute path on the host',
        path: ['src'],
        params: { wants: 'host-path' },
      });
  })
  .overwrite((task) =>
    task.remote_src && task.src !== undefined ? { ...task, src: clean(task.src) } : task,
  );

export type CopyTask = z.infer<typeof params>;

const claimsOf = (task: CopyTask, source: LocalSource): Claim[] => {
  const keyOf = (relative: string) => file(below(usualRoot(task, source), relative));
  return [
    ...[...source.files].map(([relative, { bytes, mode: own }]) => ({
      key: keyOf(relative),
      wanted: {
        sha256: sha256(bytes),
        owner: task.owner,
        group: task.group,
        mode: modeOfSource(task.mode, own),
      },
    })),
    ...[...source.links].map(([relative, target]) => ({ key: keyOf(relative), wanted: { target } })),
  ];
};

/** Puts files of the project, or a text, on the host. */
export const copy = defineModule({
  name: 'copy',
  summary: 'Copies files, folders or a text to the host.',
  examples: `
- copy:
    src: nginx.conf
    dest: /etc/nginx/nginx.conf
    validate: nginx -t -c %s
- copy:
    content: "{{ secret }}"
    dest: /etc/matrix-synapse/token
    owner: matrix-synapse
    mode: "0400"
- copy:
    src: static/
    dest: /srv/www
`,
  params,
  projectFiles: { src: 'files' },
  modes: ['mode', 'directory_mode'],
  whenMissing: 'dest is required',
  facts: (task, context) =>
    task.remote_src ? factsOfRemoteCopy(task) : factsOfLocalCopy(task, copySource(task, context)),
  plan: (task, facts, context) =>
    task.remote_src
      ? planRemoteCopy(task, facts, context)
      : planLocalCopy(task, copySource(task, context), facts, context),
  claims: (task, context) =>
    task.remote_src
      ? [{ key: file(task.dest.replace(/(?<=.)\/$/, '')), wanted: { src: task.src }, prunable: false }]
      : claimsOf(task, copySource(task, context)),
});
