/** A module of one's own that works: it keeps a text in a file. */
export const moduleTemplate = (
  name: string,
): string => `import { createAction, defineModule, look, path, sh, text, z } from 'syn-deploy';

const params = z.strictObject({
  path: path().describe('The file.'),
  text: text().describe('What is to be in it.'),
});

// What is looked at: a command that changes nothing. It runs on the host together with all other looks.
const current = (file: string) => look(sh\`cat -- \${file}\`);

export default defineModule({
  name: '${name}',
  summary: 'Keeps a text in a file.',
  params,
  // Which facts are needed.
  facts: (wanted) => [current(wanted.path)],
  // What is to be done: nothing where all is as wanted. It is the same in check mode, and it runs again to prove what was done.
  plan: (wanted, facts) => {
    const seen = facts.get(current(wanted.path));
    const is = seen !== 'absent' && seen.exitStatus === 0 ? seen.stdout : undefined;
    const after = \`\${wanted.text}\\n\`;
    if (is === after) return [];
    return [
      createAction({
        summary: \`write \${wanted.path}\`,
        changes: [
          { summary: \`write \${wanted.path}\`, diff: { path: wanted.path, before: is ?? null, after } },
        ],
        // POSIX sh; what stands in \${} is quoted.
        sh: sh\`printf '%s\\n' \${wanted.text} >\${wanted.path}\`,
        // What will be seen afterwards: tasks behind this one are planned with it.
        predicts: [{ key: current(wanted.path), value: { exitStatus: 0, stdout: after, stderr: '' } }],
      }),
    ];
  },
});
`;

export const moduleTestTemplate = (name: string): string => `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { look, planOf, sh } from 'syn-deploy';
import module from './${name}.ts';

const params = { path: '/etc/motd', text: 'Welcome' };
const current = look(sh\`cat -- \${params.path}\`);

const planFor = (stdout: string, exitStatus = 0) =>
  planOf(module, { params, facts: [[current, { exitStatus, stdout, stderr: '' }]] });

test('writes a file that is not there, or says something else', () => {
  assert.deepEqual(planFor('', 1).summaries, ['write /etc/motd']);
  assert.deepEqual(planFor('Go away\\n').summaries, ['write /etc/motd']);
});

test('does nothing where all is as wanted', () => {
  assert.deepEqual(planFor('Welcome\\n').actions, []);
});
`;
