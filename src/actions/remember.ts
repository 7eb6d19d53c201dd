import { type Debt, memoryFolder } from '../facts/memory.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

const makeFolder = (isRoot: boolean, name: string): Sh =>
  sh`m=${memoryFolder(isRoot)}
[ -d "$m/"${name} ] || ( umask 077; mkdir -p -- "$m/"${name} )`;

/** sh that notes a debt: the handler is owed from before the change until it has run. */
export const oweHandler = (isRoot: boolean, { id, ...debt }: Debt): Sh =>
  sh`${makeFolder(isRoot, 'owed')}
printf '%s\n' ${JSON.stringify(debt)} >"$m/owed/"${id}`;

/** sh that strikes a debt out: the handler has run. */
export const settleHandler = (isRoot: boolean, id: string): Sh =>
  sh`rm -f -- ${memoryFolder(isRoot)}/owed/${id}`;

/** How many run records a host keeps. */
const keptRuns = 50;

/** sh that replaces a manifest and appends a record of the run; the oldest records go. */
export const writeMemory = (
  isRoot: boolean,
  manifest: { readonly id: string; readonly text: string },
  run: { readonly id: string; readonly text: string },
): Sh =>
  sh`${makeFolder(isRoot, 'manifest')}
${makeFolder(isRoot, 'runs')}
umask 077
printf '%s\n' ${manifest.text} >"$m/manifest/."${manifest.id}
mv -f -- "$m/manifest/."${manifest.id} "$m/manifest/"${manifest.id}
printf '%s\n' ${run.text} >"$m/runs/"${run.id}
set -- "$m"/runs/*
while [ "$#" -gt ${keptRuns} ]; do rm -f -- "$1"; shift; done`;
