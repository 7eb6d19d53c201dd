import { unknownId } from '../../actions/file-attributes.ts';
import { type FileFact, file } from '../../facts/files.ts';
import type { Action } from '../../model/action.ts';
import { absent, type Facts } from '../../model/fact.ts';
import { md5 } from '../../util/md5.ts';
import { memoizeByObject } from '../../util/memoize-by-object.ts';
import { sha1 } from '../../util/sha1.ts';

const ansibleTypes: Readonly<Record<string, string>> = { fifo: 'file', char: 'file', block: 'file' };

/** What is at a path once the actions have run; undefined: they say nothing of it. */
export const predictedBy = (actions: readonly Action[], path: string): unknown =>
  actions.flatMap(({ predicts }) => predicts).findLast(({ key }) => key.kind === 'file' && key.id === path)
    ?.value;

export const isFact = (value: unknown): value is FileFact =>
  typeof value === 'object' && value !== null && 'type' in value;

/** As Ansible's modules for files write it, unlike its `stat`: `0644`, `01777`. */
export const shownMode = (mode: string): string =>
  `0${Number.parseInt(mode, 8).toString(8).padStart(3, '0')}`;

/** Owner, mode, size and kind of what will be at a path, as Ansible's modules tell them. Nothing where that is not known. */
export const resultOfFile = (
  facts: Facts,
  path: string,
  actions: readonly Action[],
): Readonly<Record<string, unknown>> => {
  const predicted = predictedBy(actions, path);
  const fact = predicted ?? facts.get(file(path));
  if (fact === absent || !isFact(fact)) return {};
  return {
    state: ansibleTypes[fact.type] ?? fact.type,
    mode: shownMode(fact.mode),
    owner: fact.owner,
    group: fact.group,
    ...(fact.uid !== unknownId && { uid: fact.uid }),
    ...(fact.gid !== unknownId && { gid: fact.gid }),
    ...(fact.type === 'file' && { size: fact.sizeBytes }),
  };
};

const md5Of = memoizeByObject((bytes: Uint8Array): string => md5(bytes));

/** What Ansible tells besides of a file that is put in place. */
export const legacySum = (bytes: Uint8Array, actions: readonly Action[]): Readonly<Record<string, string>> =>
  actions.some(({ kind }) => kind === 'write-file') ? { md5sum: md5Of(bytes) } : {};

/** Hashed once, for all hosts. */
export const checksumOf = memoizeByObject((bytes: Uint8Array): string => sha1(bytes));
