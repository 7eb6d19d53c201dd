import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** A setting of the running kernel. */
export interface KernelSettingFact {
  /** Blanks between its parts are one space each. undefined: it can be written, but not read. */
  readonly value: string | undefined;
}

/** The fact "what the kernel has for this setting". @param name  as sysctl knows it: `net.ipv4.ip_forward` */
export const kernelSetting = (name: string): FactKey<KernelSettingFact> => ({
  kind: 'kernel-setting',
  id: name,
});

/** Dots and slashes are exchanged, unless the first of them is a slash. @see sysctl.d(5) */
const fileOf = (name: string): string => {
  const [first] = /[./]/.exec(name) ?? ['.'];
  const path = first === '/' ? name : name.replaceAll(/[./]/g, (mark) => (mark === '.' ? '/' : '.'));
  return `/proc/sys/${path}`;
};

/** Output, a line a setting that is there: `<index> = <value on one line>`, `<index> -` where it cannot be read. */
const script = (keys: readonly FactKey<KernelSettingFact>[]): Sh =>
  joinSh([
    sh`look() {
  if ! [ -f "$2" ]; then return; fi
  if v=$(cat "$2" 2>/dev/null); then printf '%s = ' "$1"; printf %s "$v" | tr '\n' ' '; echo; else echo "$1 -"; fi
}`,
    ...keys.map(({ id }, index) => sh`look ${index} ${fileOf(id)}`),
  ]);

/** A value as it is compared: blanks of every kind are one space. */
export const normalizeSetting = (value: string): string => value.trim().replaceAll(/\s+/g, ' ');

const parse = (
  output: string,
  keys: readonly FactKey<KernelSettingFact>[],
): ReadonlyMap<string, Observed<KernelSettingFact>> => {
  const values = new Map<string, Observed<KernelSettingFact>>(keys.map(({ id }) => [id, 'absent']));
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(\d+) (?:-|= (.*))$/.exec(text);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(
        `unexpected line among the kernel's settings: ${JSON.stringify(text.slice(0, 200))}`,
      );
    values.set(key.id, { value: match[2] === undefined ? undefined : normalizeSetting(match[2]) });
  }
  return values;
};

/** Two small processes a setting. */
export const kernelSettings: FactKind<KernelSettingFact> = { kind: 'kernel-setting', script, parse };
