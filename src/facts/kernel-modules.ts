import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

/** A module of the kernel, and the files that speak of it. */
export interface KernelModuleFact {
  /** It is loaded, or part of the kernel itself. */
  readonly isLoaded: boolean;
  readonly isBuiltIn: boolean;
  /** Files below /etc/modules-load.d that load it at boot. */
  readonly loadedBy: readonly string[];
  /** `path` and the text after `options NAME` of the lines below /etc/modprobe.d. */
  readonly options: readonly { readonly path: string; readonly text: string }[];
}

/** The fact "what is known of this kernel module". */
export const kernelModule = (name: string): FactKey<KernelModuleFact> => ({
  kind: 'kernel-module',
  id: name,
});

/** The kernel takes `-` and `_` for the same. */
const plain = (name: string): string => name.replaceAll('-', '_');

/**
 * Output, a line each: `M <name>` for those asked about that are loaded, `B <name>` for those that are built in, both with `_`
 * for `-`, and `F <file>:<line>` for the lines of the two folders that are no comments.
 */
const script = (
  keys: readonly FactKey<KernelModuleFact>[],
): Sh => sh`{ printf '%s\n' ${keys.map(({ id }) => plain(id))}; echo
cut -d ' ' -f 1 /proc/modules 2>/dev/null
sed 's|.*/||; s/\.ko.*//; s/-/_/g; s/^/+/' "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; } | awk '
!listed && $0 == "" { listed = 1; next }
!listed { wanted[$0] = 1; next }
/^\+/ { if (substr($0, 2) in wanted) print "B " substr($0, 2); next }
$0 in wanted { print "M " $0 }'
for f in /etc/modules-load.d/* /etc/modprobe.d/*; do
  if [ -f "$f" ]; then grep -H -v -e '^[[:blank:]]*[#;]' -e '^[[:blank:]]*$' "$f" /dev/null | sed 's/^/F /'; fi
done`;

const parse = (
  output: string,
  keys: readonly FactKey<KernelModuleFact>[],
): ReadonlyMap<string, Observed<KernelModuleFact>> => {
  const loaded = new Set<string>();
  const builtIn = new Set<string>();
  const lines: { readonly path: string; readonly text: string }[] = [];
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(?:M (\S+)|B (\S+)|F (\/[^:]*):(.*))$/.exec(text);
    if (match === null)
      throw new StrangeOutput(
        `unexpected line among the kernel's modules: ${JSON.stringify(text.slice(0, 200))}`,
      );
    const [, module, file, path, rest = ''] = match;
    if (module !== undefined) loaded.add(module);
    else if (file !== undefined) builtIn.add(file);
    else if (path !== undefined) lines.push({ path, text: rest.replace(/\s*[#;].*$/, '').trim() });
  }
  return new Map(
    keys.map(({ id }): [string, Observed<KernelModuleFact>] => [
      id,
      {
        isLoaded: loaded.has(plain(id)) || builtIn.has(plain(id)),
        isBuiltIn: builtIn.has(plain(id)),
        loadedBy: [
          ...new Set(
            lines
              .filter(({ path, text }) => path.startsWith('/etc/modules-load.d/') && text === id)
              .map(({ path }) => path),
          ),
        ],
        options: lines
          .filter(({ path }) => path.startsWith('/etc/modprobe.d/'))
          .map(({ path, text }) => ({ path, words: text.split(/\s+/) }))
          .filter(({ words: [verb, name] }) => verb === 'options' && name === id)
          .map(({ path, words }) => ({ path, text: words.slice(2).join(' ') })),
      },
    ]),
  );
};

/** A few small processes, whatever the number of modules. */
export const kernelModules: FactKind<KernelModuleFact> = { kind: 'kernel-module', script, parse };
