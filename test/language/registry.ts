import { z } from 'zod';
import { type AnyModule, defineModule, type Module, type ModuleRegistry } from '../../src/model/module.ts';

type Rest = Partial<Pick<Module, 'aliases' | 'freeForm' | 'raw' | 'modes' | 'lint' | 'projectFiles'>>;

const module = (name: string, params: z.ZodType, rest: Rest = {}): AnyModule =>
  defineModule({ name, summary: name, examples: '', params, facts: () => [], plan: () => [], ...rest });

const mode = z.string().regex(/^(?:0?[0-7]{3,4}|[ugoa]*[-+=][rwxX]*(?:,[ugoa]*[-+=][rwxX]*)*)$/, {
  error: 'expected a file mode such as "0644" or u=rw,g=r,o=',
});

const attributes = { owner: z.string().optional(), group: z.string().optional(), mode: mode.optional() };

const command = z.strictObject({
  cmd: z.string().optional(),
  argv: z.array(z.string()).optional(),
  chdir: z.string().optional(),
  creates: z.string().optional(),
  stdin: z.string().optional(),
});

const all: readonly AnyModule[] = [
  module(
    'apt',
    z.strictObject({
      name: z.union([z.string(), z.array(z.string())]).optional(),
      state: z.enum(['absent', 'latest', 'present']).default('present'),
      update_cache: z.boolean().optional(),
      cache_valid_time: z.int().min(0).optional(),
    }),
    { aliases: { pkg: 'name', package: 'name' } },
  ),
  module(
    'file',
    z.strictObject({
      path: z.string(),
      state: z.enum(['absent', 'directory', 'link']).optional(),
      src: z.string().optional(),
      ...attributes,
    }),
    { aliases: { dest: 'path' }, modes: ['mode'] },
  ),
  module(
    'copy',
    z
      .strictObject({
        dest: z.string().min(1),
        remote_src: z.boolean().optional(),
        src: z.string().optional(),
        content: z.string().optional(),
        ...attributes,
      })
      .refine(
        ({ src, content }) => (src === undefined) !== (content === undefined),
        'takes one of src and content',
      ),
    { modes: ['mode'], projectFiles: { src: 'files' } },
  ),
  module(
    'lineinfile',
    z.strictObject({ path: z.string(), regexp: z.string().optional(), line: z.string() }),
    {
      lint: (params) => {
        const { regexp, line } = params as { regexp?: string; line: string };
        return regexp === undefined || line.includes(regexp.replace('^', ''))
          ? []
          : [{ param: 'regexp', code: 'regexp-misses-line', message: 'regexp does not match the line' }];
      },
    },
  ),
  module('command', command, { freeForm: 'cmd' }),
  module('shell', command, {
    freeForm: 'cmd',
    lint: (params, task) =>
      task?.readOnly === true || (params as { creates?: string }).creates !== undefined
        ? []
        : [{ code: 'unguarded-command', message: 'this command is run every time' }],
  }),
  module('debug', z.strictObject({ msg: z.unknown().optional(), var: z.string().optional() }), {
    raw: ['var'],
  }),
  module(
    'assert',
    z.strictObject({ that: z.union([z.string(), z.array(z.string())]), quiet: z.boolean().optional() }),
    { raw: ['that'] },
  ),
  module('set_fact', z.record(z.string(), z.unknown())),
  module(
    'systemd',
    z.strictObject({
      name: z.string(),
      state: z.enum(['restarted', 'started', 'stopped']).optional(),
      enabled: z.boolean().optional(),
    }),
    {
      aliases: { unit: 'name' },
    },
  ),
  module('template', z.strictObject({ src: z.string(), dest: z.string(), ...attributes }), {
    modes: ['mode'],
    projectFiles: { src: 'templates' },
  }),
  module(
    'rules',
    z.strictObject({
      rules: z.array(z.strictObject({ port: z.int(), comment: z.string().optional() })).min(1),
    }),
  ),
];

/** A few modules with schemas of every sort, so that these tests stand on nothing but the language. */
export const registry: ModuleRegistry = new Map(all.map((one) => [one.name, one]));
