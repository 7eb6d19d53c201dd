import { posix } from 'node:path';
import { z } from 'zod';
import { file } from '../facts/files.ts';
import { type ControllerFile, defineModule, type RenderOptions, type TaskContext } from '../model/module.ts';
import { TaskFailure } from '../model/task-failure.ts';
import { sha256 } from '../util/sha256.ts';
import { utf8Text } from '../util/utf8-text.ts';
import { attributeParams } from './files/attribute-params.ts';
import { factsOfContent, installContent, planWithBackup, textsOf } from './files/install-content.ts';
import { installParams, modeOfSource, preservableMode } from './files/install-params.ts';
import { isFolder, placeOf, resolvePlace } from './files/resolve-path.ts';
import { checksumOf, legacySum, resultOfFile } from './files/result-of-file.ts';
import { boolean } from './params/boolean.ts';
import { pathWithSlash } from './params/path.ts';

const newlines: Readonly<Record<string, string>> = {
  '\n': '\n',
  '\r': '\r',
  '\r\n': '\r\n',
  '\\n': '\n',
  '\\r': '\r',
  '\\r\\n': '\r\n',
};

/** @param what  `Begins a block` */
const delimiter = (usual: string, what: string) => z.string().min(1).default(usual).describe(`${what}.`);

const params = z.strictObject({
  src: z.string().min(1).describe('Template, relative to templates/ of the role or beside the playbook.'),
  dest: pathWithSlash().describe(
    'File on the host. With a trailing slash, or where a folder is: in it, under its own name.',
  ),
  ...attributeParams,
  mode: preservableMode,
  ...installParams,
  newline_sequence: z
    .enum(Object.keys(newlines), { error: 'expected "\\n", "\\r" or "\\r\\n"' })
    .default('\n')
    .describe('Line ends of the file.'),
  trim_blocks: boolean().default(true).describe('Drop the line end after a block.'),
  lstrip_blocks: boolean().default(false).describe('Drop blanks before a block.'),
  block_start_string: delimiter('{%', 'Begins a block'),
  block_end_string: delimiter('%}', 'Ends a block'),
  variable_start_string: delimiter('{{', 'Begins what is printed'),
  variable_end_string: delimiter('}}', 'Ends what is printed'),
  comment_start_string: delimiter('{#', 'Begins a comment'),
  comment_end_string: delimiter('#}', 'Ends a comment'),
  output_encoding: z
    .string()
    .regex(/^utf-?8$/i, { error: 'only utf-8 is known' })
    .default('utf-8')
    .describe('Only UTF-8 is known.'),
});

type Params = z.infer<typeof params>;

/** Ansible's `ansible_managed`, as it is unless configured. */
const managed = 'Ansible managed';

interface Rendered {
  readonly source: ControllerFile;
  readonly bytes: Uint8Array;
}

const delimitersOf = (task: Params): RenderOptions['delimiters'] => {
  const block = [task.block_start_string, task.block_end_string] as const;
  const variable = [task.variable_start_string, task.variable_end_string] as const;
  const comment = [task.comment_start_string, task.comment_end_string] as const;
  const isUsual = [...block, ...variable, ...comment].join(' ') === '{% %} {{ }} {# #}';
  return isUsual ? undefined : { block, variable, comment };
};

const render = (task: Params, context: TaskContext): Rendered => {
  const source = context.readFile(task.src, 'templates');
  const text = utf8Text(source.bytes);
  if (text === undefined) throw new TaskFailure(`${source.path} is not a UTF-8 text`);
  const rendered = context.render(text, {
    trimBlocks: task.trim_blocks,
    lstripBlocks: task.lstrip_blocks,
    delimiters: delimitersOf(task),
    file: source.path,
    variables: {
      ansible_managed: managed,
      template_path: source.path,
      template_fullpath: source.path,
      template_destpath: task.dest,
    },
  });
  const lineEnd = newlines[task.newline_sequence] ?? '\n';
  const ended = lineEnd === '\n' ? rendered : rendered.replaceAll(/\r\n|\r|\n/g, lineEnd);
  return { source, bytes: new TextEncoder().encode(ended) };
};

const inFolder = ({ src, dest }: Params): string => posix.join(dest, posix.basename(src));

/** Renders a template into a file. */
export const template = defineModule({
  name: 'template',
  summary: 'Renders a Jinja template into a file.',
  examples: `
- name: Worker configuration
  template:
    src: worker.yaml.j2
    dest: "/etc/matrix-synapse/workers/{{ item }}.yaml"
    owner: root
    group: matrix-synapse
    mode: "0640"
  loop: "{{ workers }}"
`,
  params,
  projectFiles: { src: 'templates' },
  modes: ['mode'],
  facts(task, context) {
    const { bytes } = render(task, context);
    const candidates = task.dest.endsWith('/') ? [inFolder(task)] : [task.dest, inFolder(task)];
    return candidates.flatMap((candidate) => factsOfContent(candidate, bytes));
  },
  plan(task, facts, context) {
    const { source, bytes } = render(task, context);
    const isInFolder = task.dest.endsWith('/') || isFolder(facts, task.dest);
    const dest = isInFolder ? inFolder(task) : task.dest;
    const place = (task.follow ? resolvePlace : placeOf)(facts, dest);
    const wanted = { ...task, bytes, mode: modeOfSource(task.mode, source.mode) };
    const actions = installContent(facts, place, wanted, context);
    const checksum = checksumOf(bytes);
    const result = {
      dest,
      src: source.path,
      checksum,
      ...legacySum(bytes, actions),
      ...resultOfFile(facts, dest, actions),
      ...textsOf(actions, context),
    };
    return planWithBackup(actions, result);
  },
  claims: (task, context) => {
    const { source, bytes } = render(task, context);
    const { owner, group } = task;
    const dest = task.dest.endsWith('/') ? inFolder(task) : task.dest;
    const mode = modeOfSource(task.mode, source.mode);
    return [{ key: file(dest), wanted: { sha256: sha256(bytes), owner, group, mode } }];
  },
});
