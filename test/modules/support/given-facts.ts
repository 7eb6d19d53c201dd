import { posix } from 'node:path';
import type { ContentFact } from '../../../src/facts/contents.ts';
import type { FileFact } from '../../../src/facts/files.ts';
import { instanceOf } from '../../../src/facts/unit-names.ts';
import { type UnitFact, unknownUnit } from '../../../src/facts/units.ts';
import { FactFailure, type Observed } from '../../../src/model/fact.ts';
import { type Unknown, unknown } from '../../../src/model/unknown.ts';
import { sha256 } from '../../../src/util/sha256.ts';

type Given = Readonly<Record<string, unknown>>;

const usualModes: Readonly<Record<string, string>> = { file: '0644', directory: '0755', link: '0777' };

const idOf = (name: string): number => (name === 'root' ? 0 : 1000);

const fileFact = (given: Given, content: ContentFact | undefined): FileFact => {
  const type = String(given['type'] ?? (given['target'] === undefined ? 'file' : 'link'));
  const owner = String(given['owner'] ?? 'root');
  const group = String(given['group'] ?? 'root');
  return {
    type: type as FileFact['type'],
    mode: usualModes[type] ?? '0644',
    owner,
    group,
    uid: idOf(owner),
    gid: idOf(group),
    sizeBytes: content?.sizeBytes ?? 0,
    mtime: 1_700_000_000,
    inode: 1,
    links: 1,
    sha256: type === 'file' ? (content?.sha256 ?? sha256(new Uint8Array())) : '',
    target: '',
    ...given,
  };
};

const contentFact = (given: Given): ContentFact => {
  const text = given['text'];
  const bytes =
    typeof text === 'string'
      ? new TextEncoder().encode(text)
      : new Uint8Array(Buffer.from(String(given['base64'] ?? ''), 'base64'));
  return {
    sha256: sha256(bytes),
    sizeBytes: bytes.length,
    bytes,
    ...('sha256' in given ? given : {}),
    ...(given['bytes'] === null && { bytes: undefined }),
  } as ContentFact;
};

const readWord = (given: unknown): Observed | Unknown | undefined => {
  if (given === 'absent') return 'absent';
  if (given === 'unknown') return unknown('an earlier task');
  if (typeof given === 'object' && given !== null && 'failure' in given)
    return new FactFailure(String(given.failure));
  return undefined;
};

const pathOf = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Facts out of a case's short forms, by `kind:id`:
 * - `file:` fields have defaults (a regular file, 0644, root); with a `content:` of the same path its size and hash
 *   are the content's;
 * - `content:` by its `text` or `base64`, or `bytes: null` where they were not sent; it implies the file;
 * - `unit:` fields have defaults (loaded, inactive); it implies that systemd has read all files, and that the
 *   administrator has no file of that name;
 * - nothing is known of the extras (`file`, `lsattr`) of a file, unless given;
 * - `apt-folder:` is a list of files with `path` and `text` or `base64`;
 * - the folders above every path are there, unless given otherwise.
 */
export const readGivenFacts = (given: Given = {}): Map<string, Observed | Unknown> => {
  const facts = new Map<string, Observed | Unknown>();
  const put = (name: string, value: () => Observed | Unknown) => {
    if (!facts.has(name)) facts.set(name, readWord(given[name]) ?? value());
  };
  const names = Object.keys(given);
  for (const name of names.filter((key) => key.startsWith('content:')))
    put(name, () => contentFact(given[name] as Given));
  for (const name of names.filter((key) => key.startsWith('file:')))
    put(name, () =>
      fileFact(given[name] as Given, facts.get(`content:${pathOf(name)}`) as ContentFact | undefined),
    );
  for (const [name, value] of [...facts])
    if (name.startsWith('content:'))
      put(`file:${pathOf(name)}`, () => (value === 'absent' ? value : fileFact({}, value as ContentFact)));
  for (const name of names.filter((key) => key.startsWith('unit:'))) {
    const unit = pathOf(name);
    put(name, () => ({ ...unknownUnit(unit), loadState: 'loaded', ...(given[name] as Partial<UnitFact>) }));
    put(
      'systemd-manager:manager',
      () => (given['systemd-manager:manager'] as Observed) ?? { needsReload: false },
    );
    put(`file:/etc/systemd/system/${instanceOf(unit)?.template ?? unit}`, () => 'absent');
  }
  for (const name of names.filter((key) => key.startsWith('apt-folder:')))
    put(name, () =>
      (given[name] as Given[]).map((one) => ({
        path: String(one['path']),
        bytes: contentFact(one).bytes ?? new Uint8Array(),
      })),
    );
  for (const name of names.filter((key) => !/^(?:file|content|unit|apt-folder):/.test(key)))
    put(name, () => given[name] as Observed);
  const paths = [...facts.keys()].filter((name) => /^(?:file|content|tree):\//.test(name)).map(pathOf);
  for (const path of paths)
    for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
      put(`file:${folder}`, () => fileFact({ type: 'directory' }, undefined));
      if (folder === '/') break;
    }
  for (const name of [...facts.keys()].filter((one) => one.startsWith('file:')))
    put(`extras:${pathOf(name)}/:ma`, () => 'absent');
  for (const [name, value] of [...facts])
    if (name.startsWith('file:') && value === 'absent') put(`content:${pathOf(name)}`, () => 'absent');
  return facts;
};
