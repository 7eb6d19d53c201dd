import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { ProjectFiles } from '../../src/model/project.ts';
import { modules } from '../../src/modules/index.ts';
import { note } from '../hosts/note.ts';
import { documentedParams, type Example, playbookOf, readExamples } from '../support/ansible-examples.ts';
import { refusedExamples } from './support/refused-examples.ts';

/** `site-packages` of an environment with `ansible==11.*` in it: ansible-core and the collections. */
const variable = 'SYN_DEPLOY_TEST_ANSIBLE_DOCS';
const packages = process.env[variable];

/** Keywords that Ansible documents as modules. */
const keywords = [
  'import_playbook',
  'import_role',
  'import_tasks',
  'include_role',
  'include_tasks',
  'include_vars',
  'meta',
];

/** The playbook, and any other file that somebody asks for: examples name files that nobody has. */
const filesFor = (playbook: string): ProjectFiles => ({
  text: (path) => (path === 'site.yml' ? playbook : ''),
  read: () => new Uint8Array(),
  kind: (path) => (path.endsWith('/') || !posix.basename(path).includes('.') ? 'directory' : 'file'),
  list: () => [],
  mode: () => '0644',
});

/** What is wrong with an example, a line each. */
const mistakesOf = (example: Example): readonly string[] => {
  const { diagnostics } = loadPlaybook('site.yml', {
    files: filesFor(playbookOf(example)),
    registry: modules,
  });
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
};

if (packages === undefined)
  note(`${variable} is not set, so that the documented examples of Ansible's modules are not read`);

describe.runIf(packages !== undefined)("Documented examples of Ansible's modules", () => {
  const examples = readExamples(packages ?? '', [...modules.keys(), ...keywords]);

  test('are there', () => {
    expect(examples.length, `${variable} has no modules in it`).toBeGreaterThan(400);
  });

  test('have parameters that are known here, or refused with a reason', () => {
    const unknown = [...modules.keys()].flatMap((name) =>
      documentedParams(packages ?? '', name)
        .filter((param) => {
          const text = `- hosts: all\n  tasks: [{ ${name}: { ${param}: x } }]\n`;
          const { diagnostics } = loadPlaybook('site.yml', { files: filesFor(text), registry: modules });
          return diagnostics.some(({ message }) => message.startsWith(`unknown parameter "${param}"`));
        })
        .map((param) => `${param} of ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test.each([...new Set(examples.map(({ module }) => module))])('%s', (module) => {
    const own = examples.filter((example) => example.module === module);
    const refused = own.flatMap((example) => {
      const mistakes = mistakesOf(example);
      return mistakes.length === 0 ? [] : [[example.title, mistakes.join('; ')]];
    });
    expect(Object.fromEntries(refused)).toEqual(refusedExamples[module] ?? {});
  });
});
