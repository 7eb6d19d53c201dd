import { kernelSetting } from '../facts/kernel-settings.ts';
import type { Action, Change } from '../model/action.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

export interface KernelSettingsToSet {
  /** `sysctl -p` on this file; undefined: the one setting alone. */
  readonly file: string | undefined;
  readonly name: string;
  readonly value: string;
  /** What the kernel will have after it, by name. */
  readonly after: ReadonlyMap<string, string>;
  readonly ignoreUnknown: boolean;
  /** The value before, for the summary. */
  readonly before: string | undefined;
}

/**
 * NOTE: sysctl ends with 0 for some values that the kernel refuses, and only complains.
 */
const mustBeQuiet = (
  run: Sh,
): Sh => sh`if ! e=$(${run} 2>&1 >/dev/null); then printf '%s\n' "$e" >&2; exit 1; fi
case $e in *': Invalid argument'* | *': Read-only file system'*) printf '%s\n' "$e" >&2; exit 1 ;; esac`;

/** Has the running kernel take settings. */
export const setKernelSettings = (wanted: KernelSettingsToSet): Action => {
  const { file, name, value, after, ignoreUnknown, before } = wanted;
  const lenient = ignoreUnknown ? ['-e'] : [];
  const change: Change = {
    summary: before === undefined ? `set ${name} to ${value}` : `${name} ${before} -> ${value} in the kernel`,
  };
  return {
    kind: 'set-kernel-settings',
    summary: file === undefined ? `set ${name}` : `load ${file}`,
    changes: [change],
    sh: sh`PATH=$PATH:/usr/sbin:/sbin
${mustBeQuiet(file === undefined ? sh`sysctl ${lenient} -w ${`${name}=${value}`}` : sh`sysctl ${lenient} -p ${file}`)}`,
    predicts: [...after].map(([key, set]) => ({ key: kernelSetting(key), value: { value: set } })),
  };
};
