import { z } from 'zod';
import { makeTemporary } from '../actions/make-temporary.ts';
import { defineModule } from '../model/module.ts';
import { unknown } from '../model/unknown.ts';
import { path } from './params/path.ts';
import { text } from './params/text.ts';

const part = () =>
  text().refine((piece) => !piece.includes('/'), { error: 'expected a part of a name, without /' });

const params = z.strictObject({
  state: z
    .enum(['file', 'directory'], { error: 'expected file or directory' })
    .default('file')
    .describe('What is made.'),
  path: path().optional().describe('Folder to make it in. Default: `$TMPDIR` of the account, or /tmp.'),
  prefix: part().default('ansible.').describe('What its name begins with.'),
  suffix: part().default('').describe('What its name ends with.'),
});

/** A new file or folder each time. */
export const tempfile = defineModule({
  name: 'tempfile',
  summary:
    'Makes a temporary file or folder, another one in each run; `path` of the result is where. In check mode none is made, and what hangs on its path is not attempted.',
  examples: `
- tempfile:
    state: directory
    suffix: build
  register: build
- command: make -C /usr/src/app DESTDIR={{ build.path }} install
`,
  params,
  tells: true,
  facts: () => [],
  plan: ({ state, path: folder, prefix, suffix }, _facts, { checkMode }) => {
    const result = {
      state,
      path: unknown('the temporary file to be made'),
      mode: state === 'file' ? '0600' : '0700',
    };
    // Another one in each run says nothing of the host: it is no drift.
    if (checkMode) return { actions: [], result };
    return {
      actions: [makeTemporary({ state, folder, prefix, suffix })],
      result,
      finish: ([outcome]) => ({ path: outcome?.stdout.trimEnd() ?? '' }),
    };
  },
});
