import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** A link that follows the main one. */
export interface AlternativeSlave {
  readonly name: string;
  readonly link: string;
  readonly path: string;
}

/** One program that the link could point to. */
export interface AlternativeChoice {
  readonly path: string;
  readonly priority: number;
  readonly slaves: readonly AlternativeSlave[];
}

/** A group of alternatives. */
export interface AlternativesFact {
  readonly link: string;
  readonly mode: 'auto' | 'manual';
  /** The choice in use; '' for none. */
  readonly value: string;
  readonly choices: readonly AlternativeChoice[];
}

/** The fact "what update-alternatives has under this name". */
export const alternatives = (name: string): FactKey<AlternativesFact> => ({ kind: 'alternatives', id: name });

/** Output for each name that is known: `@ <index>`, then the stanzas of `update-alternatives --query`. */
const script = (keys: readonly FactKey<AlternativesFact>[]): Sh =>
  joinSh(
    keys.map(
      ({ id }, index) =>
        sh`if o=$(update-alternatives --query ${id} 2>/dev/null); then printf '@ %s\n%s\n' ${index} "$o"; fi`,
    ),
  );

interface Stanza {
  readonly fields: ReadonlyMap<string, string>;
  readonly slaves: readonly (readonly [name: string, path: string])[];
}

const stanzaOf = (text: string): Stanza => {
  const fields = new Map<string, string>();
  const slaves: [string, string][] = [];
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, slave, target = '', field, value = ''] = /^(?: (\S+) (.+)|([A-Za-z]+): ?(.*))$/.exec(line) ?? [];
    if (slave !== undefined) slaves.push([slave, target]);
    else if (field !== undefined) fields.set(field, value);
    else
      throw new StrangeOutput(
        `unexpected line among the alternatives: ${JSON.stringify(line.slice(0, 200))}`,
      );
  }
  return { fields, slaves };
};

const factOf = (text: string): AlternativesFact => {
  const [head = '', ...rest] = text.split(/\n\n+/);
  const { fields, slaves } = stanzaOf(head);
  const links = new Map(slaves);
  const value = fields.get('Value') ?? '';
  return {
    link: fields.get('Link') ?? '',
    mode: fields.get('Status') === 'manual' ? 'manual' : 'auto',
    value: value === 'none' ? '' : value,
    choices: rest
      .filter((one) => one.trim() !== '')
      .map(stanzaOf)
      .map((choice) => ({
        path: choice.fields.get('Alternative') ?? '',
        priority: Number(choice.fields.get('Priority')),
        slaves: choice.slaves.map(([name, path]) => ({ name, link: links.get(name) ?? '', path })),
      })),
  };
};

const parse = (
  output: string,
  keys: readonly FactKey<AlternativesFact>[],
): ReadonlyMap<string, Observed<AlternativesFact>> => {
  const values = new Map<string, Observed<AlternativesFact>>(keys.map(({ id }) => [id, 'absent']));
  for (const block of output.split(/^@ (?=\d+$)/m).slice(1)) {
    const end = block.indexOf('\n');
    const key = keys[Number(block.slice(0, end))];
    if (key !== undefined) values.set(key.id, factOf(block.slice(end + 1)));
  }
  return values;
};

/** One `update-alternatives` a name. */
export const alternativeGroups: FactKind<AlternativesFact> = { kind: 'alternatives', script, parse };
