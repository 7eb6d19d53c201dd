import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, LineCounter, parse, parseDocument, type YAMLMap } from 'yaml';

/** One documented example of a module of Ansible: a task, or a play. */
export interface Example {
  /** As the module is named there: `ansible.posix.sysctl`. */
  readonly module: string;
  /** What it is called, or which of the module's examples it is: `#3`. */
  readonly title: string;
  readonly isPlay: boolean;
  /** YAML, an item of a list. */
  readonly text: string;
}

/** Where modules are, below `site-packages`, and the collection they are of. */
const homes = [
  ['ansible.builtin', 'ansible/modules'],
  ['ansible.posix', 'ansible_collections/ansible/posix/plugins/modules'],
  ['community.general', 'ansible_collections/community/general/plugins/modules'],
  ['community.mysql', 'ansible_collections/community/mysql/plugins/modules'],
  ['community.postgresql', 'ansible_collections/community/postgresql/plugins/modules'],
] as const;

/** The text between `EXAMPLES = r"""` and its end. */
const textOf = (python: string, name: 'EXAMPLES' | 'DOCUMENTATION'): string =>
  new RegExp(`^${name}\\s*=\\s*r?(?:"""|''')\\n?(.*?)(?:"""|''')`, 'ms').exec(python)?.[1] ?? '';

/** The module's Python, of every collection that has it. */
const sourcesOf = (packages: string, name: string) =>
  homes.flatMap(([collection, folder]) => {
    const path = join(packages, folder, `${name}.py`);
    return existsSync(path) ? [{ module: `${collection}.${name}`, python: readFileSync(path, 'utf8') }] : [];
  });

const splitExamples = (module: string, text: string): readonly Example[] => {
  const lines = new LineCounter();
  const { contents } = parseDocument(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: false });
  if (!isSeq(contents)) return [];
  const items = (contents.items as unknown[]).filter((item): item is YAMLMap => isMap(item));
  const starts = items.map(({ range }) => lines.linePos(range?.[0] ?? 0).line - 1);
  const all = text.split('\n');
  return items.map((item, index) => ({
    module,
    title: String(item.get('name') ?? `#${index + 1}`),
    isPlay: item.has('hosts') || item.has('import_playbook') || item.has('ansible.builtin.import_playbook'),
    text: `${all
      .slice(starts[index], starts[index + 1])
      .join('\n')
      .trimEnd()}\n`,
  }));
};

/** A title that an earlier example of the module has too is told from it by a number: `Create a user (2)`. */
const withoutDoubles = (examples: readonly Example[]): readonly Example[] => {
  const seen = new Map<string, number>();
  return examples.map((example) => {
    const count = (seen.get(example.title) ?? 0) + 1;
    seen.set(example.title, count);
    return count === 1 ? example : { ...example, title: `${example.title} (${count})` };
  });
};

/**
 * The documented examples of Ansible's modules. None of them are in this repository.
 *
 * @param packages  `site-packages` with ansible-core and the collections in it
 * @param names  of modules, without their collections
 */
export const readExamples = (packages: string, names: Iterable<string>): readonly Example[] =>
  [...names]
    .toSorted()
    .flatMap((name) => sourcesOf(packages, name))
    .flatMap(({ module, python }) => withoutDoubles(splitExamples(module, textOf(python, 'EXAMPLES'))));

interface Documentation {
  readonly options?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>;
  readonly extends_documentation_fragment?: string | readonly string[];
}

/** What a module that writes a file takes besides, by Ansible's fragment `files`. */
const ofFiles = 'mode owner group attributes attr selevel setype serole seuser unsafe_writes'.split(' ');

/** Names and aliases of the parameters that Ansible documents for a module. @param name  without its collection */
export const documentedParams = (packages: string, name: string): readonly string[] =>
  sourcesOf(packages, name).flatMap(({ python }) => {
    const { options = {}, extends_documentation_fragment: fragments = [] } = parse(
      textOf(python, 'DOCUMENTATION'),
      { logLevel: 'silent', uniqueKeys: false },
    ) as Documentation;
    const own = Object.entries(options).flatMap(([param, option]) => [param, ...(option?.aliases ?? [])]);
    return [...own.filter((param) => param !== 'free_form'), ...(fragments.includes('files') ? ofFiles : [])];
  });

/** A playbook that has the example in it and nothing else. */
export const playbookOf = ({ isPlay, text }: Example): string =>
  isPlay ? text : `- hosts: all\n  tasks:\n${text.replaceAll(/^(?=.)/gm, '    ')}`;
