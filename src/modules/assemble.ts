import { posix } from 'node:path';
import { z } from 'zod';
import { content } from '../facts/contents.ts';
import { file } from '../facts/files.ts';
import { type Piece, pieces } from '../facts/pieces.ts';
import { absent, type Facts } from '../model/fact.ts';
import { defineModule, type TaskContext, type TaskPlan } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { md5 } from '../util/md5.ts';
import { sha1 } from '../util/sha1.ts';
import { utf8Text } from '../util/utf8-text.ts';
import { attributeParams } from './files/attribute-params.ts';
import { installContent, planWithBackup } from './files/install-content.ts';
import { replaceParams } from './files/install-params.ts';
import { placeOf } from './files/resolve-path.ts';
import { resultOfFile } from './files/result-of-file.ts';
import { boolean } from './params/boolean.ts';
import { path } from './params/path.ts';
import { pythonRegex, regex } from './params/python-regex.ts';
import { text } from './params/text.ts';

const params = z
  .strictObject({
    src: z
      .string({ error: 'expected a folder' })
      .min(1)
      .transform((folder) => folder.replace(/(?<=.)\/+$/, ''))
      .describe('Folder with the pieces, on the host; with `remote_src: false` of the project.'),
    dest: path().describe('The file that they become. A link is replaced.'),
    delimiter: text()
      .optional()
      .describe('Stands between pieces, on a line of its own. `\\n` and the like are read.'),
    regexp: regex().optional().describe('Only pieces whose name matches. Python syntax.'),
    ignore_hidden: boolean().default(false).describe('Leave out pieces whose name begins with a dot.'),
    remote_src: boolean().default(true).describe('False: the folder is one of the project.'),
    ...attributeParams,
    ...replaceParams,
    decrypt: boolean()
      .default(true)
      .describe('What is encrypted in the project arrives decrypted; false: as it lies there.'),
  })
  .superRefine(({ src, remote_src }, { addIssue }) => {
    if (remote_src && !src.startsWith('/'))
      addIssue({
        code: 'custom',
        message: 'expected an absolute path on the host, or remote_src: false',
        path: ['src'],
      });
  });

type AssembleTask = z.infer<typeof params>;

const controls: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

const readEscapes = (delimiter: string): string =>
  delimiter.replaceAll(/\\([ntr\\"'])/g, (_, char: string) => controls[char] ?? char);

const isPiece = (name: string, task: AssembleTask): boolean =>
  !(task.ignore_hidden && name.startsWith('.')) &&
  (task.regexp === undefined || pythonRegex(task.regexp).test(name));

/** By code points, as Python sorts names. */
const byName = (a: string, b: string): number => {
  const [x, y] = [a, b].map((name) => [...name].map((char) => char.codePointAt(0) ?? 0));
  const at = (x ?? []).findIndex((code, index) => code !== y?.[index]);
  return at === -1 ? (x?.length ?? 0) - (y?.length ?? 0) : (x?.[at] ?? 0) - (y?.[at] ?? -1);
};

const piecesOnHost = (task: AssembleTask, facts: Facts): Piece[] => {
  const found = facts.get(pieces(task.src));
  if (found === absent) throw new TaskFailure(`Source (${task.src}) does not exist`);
  return found.filter(({ name }) => isPiece(name, task)).sort((a, b) => byName(a.name, b.name));
};

const piecesOfProject = (task: AssembleTask, context: TaskContext): Piece[] =>
  [...context.readTree(task.src, 'files', { decrypt: task.decrypt }).files]
    .filter(([name]) => !name.includes('/') && isPiece(name, task))
    .map(([name, { bytes }]) => ({ name, bytes }))
    .sort((a, b) => byName(a.name, b.name));

const newline = 10;

/** A piece without a last line end gets one before the next; so does a delimiter. */
const join = (all: readonly Piece[], delimiter: string | undefined): Uint8Array => {
  const parts: Uint8Array[] = [];
  const add = (bytes: Uint8Array): unknown => bytes.length > 0 && parts.push(bytes);
  const endLine = (): void => {
    const last = parts.at(-1)?.at(-1);
    if (last !== undefined && last !== newline) parts.push(Uint8Array.of(newline));
  };
  for (const [index, { bytes }] of all.entries()) {
    if (index > 0) {
      endLine();
      if (delimiter !== undefined && delimiter !== '') add(new TextEncoder().encode(readEscapes(delimiter)));
      endLine();
    }
    add(bytes);
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const plan = (task: AssembleTask, facts: Facts, context: TaskContext): TaskPlan => {
  const all = task.remote_src ? piecesOnHost(task, facts) : piecesOfProject(task, context);
  const bytes = join(all, task.delimiter);
  const actions = installContent(facts, placeOf(facts, task.dest), { ...task, bytes }, context);
  const whole = utf8Text(bytes);
  return planWithBackup(actions, {
    src: task.src,
    dest: task.dest,
    checksum: sha1(bytes),
    ...(whole !== undefined && { md5sum: md5(whole) }),
    ...resultOfFile(facts, task.dest, actions),
    msg: 'OK',
  });
};

/** A file out of pieces. */
export const assemble = defineModule({
  name: 'assemble',
  summary: 'Puts a file together from the pieces in a folder.',
  examples: `
- assemble:
    src: /etc/app/conf.d
    dest: /etc/app/app.conf
- name: Checked before it is put in place
  assemble:
    src: /etc/ssh/sshd_config.pieces
    dest: /etc/ssh/sshd_config
    delimiter: "### next piece ###"
    regexp: '\\.conf$'
    mode: "0600"
    validate: /usr/sbin/sshd -t -f %s
- assemble:
    src: pieces
    dest: /etc/app/app.conf
    remote_src: false
`,
  params,
  modes: ['mode'],
  facts: (task) => [
    ...(task.remote_src ? [pieces(task.src)] : []),
    file(task.dest),
    content(task.dest),
    file(posix.dirname(task.dest)),
  ],
  plan,
  claims: (task) => [{ key: file(task.dest), wanted: { src: task.src, mode: task.mode } }],
});
