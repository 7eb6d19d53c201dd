import { dirname, join } from 'node:path';
import { partOf } from '../../language/located-tree.ts';
import type { Problems } from '../../language/problems.ts';
import { parseProjectYaml } from '../../language/project-yaml.ts';
import type { Located } from '../../model/located.ts';
import type { ProjectFiles } from '../../model/project.ts';
import { nearestName } from '../../util/nearest-name.ts';
import type { GroupPart } from './part.ts';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readPlaybooks = (
  part: Located,
  path: string,
  files: ProjectFiles,
  problems: Problems,
): readonly string[] => {
  const { value } = part;
  const list: readonly unknown[] =
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : [undefined];
  return list.flatMap((entry, index) => {
    const span = Array.isArray(value) ? part.at([index]) : part.span;
    if (typeof entry !== 'string' || entry === '') {
      problems.error('bad-value', '"playbooks" wants a list of files', span, {
        hint: 'playbooks: [site.yaml]',
      });
      return [];
    }
    const playbook = entry.startsWith('/') ? entry : join(dirname(path), entry);
    if (files.kind(playbook) !== 'file') {
      const near = nearestName(playbook.slice(playbook.lastIndexOf('/') + 1), files.list(dirname(playbook)));
      problems.error('missing-file', `there is no playbook ${playbook}`, span, {
        hint:
          near === undefined
            ? 'paths are relative to the folder of the inventory'
            : `did you mean "${join(dirname(entry), near)}"?`,
      });
      return [];
    }
    return [playbook];
  });
};

const isGroup = (value: unknown): boolean =>
  value === null ||
  (isMapping(value) && Object.keys(value).every((key) => /^(?:hosts|children|vars)$/.test(key)));

const readGroups = (root: Located<Mapping>, problems: Problems): readonly GroupPart[] =>
  Object.keys(root.value).flatMap((name) => {
    if (name === 'playbooks') return [];
    const span = root.at([name], 'key');
    if (/^(?:hosts|children|vars)$/.test(name)) {
      problems.error('unknown-key', `"${name}" stands below a group, not at the top`, span, {
        hint: `all:\n  ${name}: …`,
      });
      return [];
    }
    const near = nearestName(name, ['playbooks', 'all']);
    const part = partOf(root, [name]);
    if (near !== undefined && (near === 'playbooks' || near === 'all') && !isGroup(part.value)) {
      problems.error('unknown-key', `unknown key "${name}"`, span, { hint: `did you mean "${near}"?` });
      return [];
    }
    return [{ group: name, span, part }];
  });

const isPlay = (value: unknown): boolean =>
  isMapping(value) &&
  ['hosts', 'import_playbook', 'ansible.builtin.import_playbook'].some((key) => Object.hasOwn(value, key));

/** Says what is there in place of a mapping; a playbook was put first where ansible-playbook wants it. */
const refuse = ({ value, span }: Located, path: string, problems: Problems): void => {
  const isPlaybook = Array.isArray(value) && isPlay(value[0]);
  if (isPlaybook)
    problems.error('playbook-as-inventory', 'this is a playbook, not an inventory', span, {
      hint: `the inventory comes first: syn-deploy apply INVENTORY ${path}`,
    });
  else
    problems.error(
      'bad-value',
      value === null ? 'the inventory is empty' : 'an inventory is a mapping of groups',
      span,
      { hint: 'all:\n  hosts:\n    web1: { ansible_host: 192.0.2.10 }' },
    );
};

/** What a YAML inventory says. */
export interface YamlInventory {
  readonly parts: readonly GroupPart[];
  readonly playbooks: readonly string[];
}

/**
 * Reads the structure of Ansible's YAML inventories, plus `playbooks`.
 *
 * @returns undefined where nothing sensible could be read
 */
export const readYaml = (
  text: string,
  path: string,
  files: ProjectFiles,
  problems: Problems,
): YamlInventory | undefined => {
  const { located: root, diagnostics } = parseProjectYaml(text, path, files);
  for (const diagnostic of diagnostics) problems.add(diagnostic);
  if (root === undefined) return undefined;
  if (!isMapping(root.value)) {
    refuse(root, path, problems);
    return undefined;
  }
  const playbooks = Object.hasOwn(root.value, 'playbooks')
    ? readPlaybooks(partOf(root, ['playbooks']), path, files, problems)
    : [];
  return { parts: readGroups(root as Located<Mapping>, problems), playbooks };
};
