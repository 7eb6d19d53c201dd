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

/** sh that notes what is about to be made, so that it counts as ours even if the run ends before its manifest is written. */
export const noteMade = (isRoot: boolean, id: string, resources: readonly string[]): Sh =>
  sh`${makeFolder(isRoot, 'made')}
( umask 077; printf '%s\n' ${resources} >>"$m/made/"${id} )`;

/** sh that replaces a manifest as a whole. */
export const writeManifest = (isRoot: boolean, { id, text }: { id: string; text: string }): Sh =>
  sh`${makeFolder(isRoot, 'manifest')}
( umask 077; printf '%s\n' ${text} >"$m/manifest/."${id} )
mv -f -- "$m/manifest/."${id} "$m/manifest/"${id}
rm -f -- "$m/made/"${id}`;

/** sh that adds a record of the run; the oldest records go. */
export const writeRunRecord = (isRoot: boolean, { id, text }: { id: string; text: string }): Sh =>
  sh`${makeFolder(isRoot, 'runs')}
( umask 077; printf '%s\n' ${text} >"$m/runs/"${id} )
set -- "$m"/runs/*
while [ "$#" -gt ${keptRuns} ]; do rm -f -- "$1"; shift; done`;
