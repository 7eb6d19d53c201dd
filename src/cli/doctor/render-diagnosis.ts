import { wrapText } from '../../util/wrap-text.ts';
import type { Cause, CauseKind, Diagnosis, Finding } from './causes.ts';
import type { Note } from './notes.ts';

/** Everything that the doctor has to say of one project. */
export interface Examination {
  /** As it was named. */
  readonly path: string;
  readonly playbooks: readonly string[];
  readonly roles: readonly string[];
  readonly inventories: readonly string[];
  readonly diagnosis: Diagnosis;
  readonly notes: readonly Note[];
}

const titles: Readonly<Record<CauseKind, string>> = {
  module: 'modules that are not here',
  keyword: 'keywords that are not supported',
  stricter: 'read more strictly than Ansible does',
  template: 'templates',
  variable: 'variables',
  missing: 'missing: files, roles, handlers, hosts',
  secret: 'encrypted, without a key',
  other: 'wrong in other ways',
};

const topics: Readonly<Record<Note['topic'], string>> = {
  python: 'Python of the project (does not run here)',
  requirement: 'requirements',
  setting: 'ansible.cfg (of which roles_path and collections_path are read here)',
  secret: 'encrypted files',
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const width = 100;

const indented = (text: string, first: string): readonly string[] =>
  wrapText(text, width - first.length).map(
    (line, index) => `${index === 0 ? first : ' '.repeat(first.length)}${line}`,
  );

const kindsOf = (causes: readonly Cause[]): readonly CauseKind[] => [
  ...new Set(causes.map(({ kind }) => kind)),
];

/** Causes of a kind that the summary names; the details have all of them. */
const mostNamed = 6;

const nameWithCount = ({ what, findings }: Cause): string =>
  findings.length > 1 ? `${what} (${findings.length})` : what;

const summaryOf = (kind: CauseKind, causes: readonly Cause[]): readonly string[] => {
  const mine = causes.filter((cause) => cause.kind === kind);
  const places = mine.reduce((sum, { findings }) => sum + findings.length, 0);
  const named = mine.slice(0, mostNamed).map(nameWithCount);
  const more = mine.length > mostNamed ? `, and ${mine.length - mostNamed} more` : '';
  return [
    `  ${titles[kind]}: ${plural(places, 'place')}`,
    ...indented(`${named.join(kind === 'module' || kind === 'keyword' ? ', ' : '; ')}${more}`, '    '),
  ];
};

const percent = (part: number, whole: number): string =>
  whole === 0 ? '' : ` (${Math.floor((100 * part) / whole)} %)`;

const headOf = ({ path, playbooks, roles, inventories, diagnosis }: Examination): readonly string[] => {
  const { asTheyAre, total } = diagnosis.tasks;
  const parts = [
    plural(playbooks.length, 'playbook'),
    plural(roles.length, 'role'),
    inventories.length === 1 ? '1 inventory' : `${inventories.length} inventories`,
  ];
  const runs = total === 1 ? 'task runs' : 'tasks run';
  return [
    `${path}: ${parts.join(', ')}`,
    `${asTheyAre} of ${total} ${runs} as ${total === 1 ? 'it is' : 'they are'}${percent(asTheyAre, total)}`,
  ];
};

const renderFinding = ({ place, message }: Finding, what: string): string =>
  place === null || message.startsWith(what) || message.includes(`"${what}"`)
    ? `    ${place ?? message}`
    : `    ${place}: ${message}`;

/** Places that say the same are told once each. */
const renderCause = ({ what, instead, findings, kind, tasks }: Cause): readonly string[] => [
  `  ${what}: ${plural(findings.length, 'place')}${tasks > 0 ? `, ${plural(tasks, 'task')}` : ''}`,
  ...(instead === null
    ? []
    : indented(instead, kind === 'module' || kind === 'keyword' ? '    instead: ' : '    hint: ')),
  ...new Set(findings.map((finding) => renderFinding(finding, what))),
];

const renderKind = (kind: CauseKind, causes: readonly Cause[]): readonly string[] => [
  '',
  `${titles[kind].charAt(0).toUpperCase()}${titles[kind].slice(1)}`,
  ...causes.filter((cause) => cause.kind === kind).flatMap(renderCause),
];

const renderTopic = (topic: Note['topic'], notes: readonly Note[]): readonly string[] => {
  const mine = notes.filter((note) => note.topic === topic);
  // What has to be looked at stands first.
  const ordered = [...mine.filter(({ matters }) => matters), ...mine.filter(({ matters }) => !matters)];
  const title = topics[topic];
  return [
    '',
    `${title.charAt(0).toUpperCase()}${title.slice(1)}`.replace('Ansible.cfg', 'ansible.cfg'),
    ...ordered.flatMap(({ place, what, instead, matters }) => [
      `  ${matters ? '! ' : '  '}${what}  [${place}]`,
      ...indented(instead, '      '),
    ]),
  ];
};

/** For people: how much runs, then why the rest does not, then each place. */
export const renderExamination = (examination: Examination): readonly string[] => {
  const { diagnosis, notes } = examination;
  const { causes } = diagnosis;
  const found = kindsOf(causes);
  return [
    ...headOf(examination),
    ...(found.length === 0
      ? []
      : ['', 'What does not run, by reason:', ...found.flatMap((kind) => summaryOf(kind, causes))]),
    ...found.flatMap((kind) => renderKind(kind, causes)),
    ...[...new Set(notes.map(({ topic }) => topic))].flatMap((topic) => renderTopic(topic, notes)),
  ];
};
