import type { Outline, OutlineCommand, OutlineOption } from './outline.ts';

/** What may stand in the place of the word that is being typed. */
export interface Candidate {
  readonly text: string;
  readonly description: string;
}

/** Candidates, or names of files, which shells know best. */
export type Completion = readonly Candidate[] | 'files';

/** What is looked up for a completion, where it is wanted. Each gives nothing where something is wrong: nobody asked for errors. */
export interface CompletionSources {
  modules(): Promise<readonly Candidate[]>;
  /** Hosts and groups. */
  hosts(inventory: string): Promise<readonly Candidate[]>;
  tags(inventory: string, playbooks: readonly string[]): Promise<readonly Candidate[]>;
}

const words = (...texts: readonly string[]): readonly Candidate[] =>
  texts.map((text) => ({ text, description: '' }));

/** Values of options by their name. */
const choices: Readonly<Record<string, readonly string[]>> = {
  '--output': ['progress', 'plain', 'json', 'junit', 'html'],
};

/** What options and words of a name are, apart from those that take a file. */
const wordChoices: Readonly<Record<string, readonly string[]>> = {
  what: ['playbook', 'tasks', 'inventory', 'vars'],
  verb: ['encrypt', 'encrypt-string', 'decrypt', 'view', 'edit', 'keygen'],
  shell: ['bash', 'zsh', 'fish'],
};

const takesFile = new Set(['file', 'dir', 'inventory', 'playbooks', 'playbook', 'projects', 'args']);

const optionsOf = ({ options }: OutlineCommand): readonly Candidate[] =>
  options.map(({ names: [text = ''], description }) => ({ text, description }));

/** What was typed after the command: its words, and the option whose value is being typed. */
interface Typed {
  readonly words: readonly string[];
  readonly pending: OutlineOption | undefined;
}

const readTyped = ({ options }: OutlineCommand, before: readonly string[]): Typed => {
  const typed: string[] = [];
  let pending: OutlineOption | undefined;
  for (const word of before) {
    if (pending !== undefined) pending = undefined;
    else if (!word.startsWith('-')) typed.push(word);
    else {
      const option = options.find(({ names }) => names.includes(word));
      pending = option?.value === undefined ? undefined : option;
    }
  }
  return { words: typed, pending };
};

/** After `web:&` another pattern begins, after `a,` another tag. */
const continued = (current: string, separators: RegExp, all: readonly Candidate[]): readonly Candidate[] => {
  const start = current.slice(0, current.search(separators) + 1);
  return all.map(({ text, description }) => ({ text: `${start}${text}`, description }));
};

const ofOption = async (
  option: OutlineOption,
  current: string,
  typed: readonly string[],
  sources: CompletionSources,
): Promise<Completion> => {
  const [name = ''] = option.names;
  const [inventory = '', ...playbooks] = typed;
  if (name === '--limit')
    return continued(current, /[:,&!][^:,&!]*$/, inventory === '' ? [] : await sources.hosts(inventory));
  if (name === '--tags' || name === '--skip-tags')
    return continued(current, /,[^,]*$/, inventory === '' ? [] : await sources.tags(inventory, playbooks));
  if (name === '--module') return [];
  const some = choices[name];
  if (some !== undefined) return words(...some);
  return /file|dir|source/.test(option.value ?? '') ? 'files' : [];
};

const ofWord = async (
  command: OutlineCommand,
  typed: readonly string[],
  sources: CompletionSources,
): Promise<Completion> => {
  const last = command.words.at(-1);
  const word = command.words[typed.length] ?? (last?.repeats === true ? last : undefined);
  if (word === undefined) return [];
  if (word.name === 'module' || (command.name === 'modules' && word.name === 'name'))
    return await sources.modules();
  const some = wordChoices[word.name];
  if (some !== undefined) return words(...some);
  return takesFile.has(word.name) ? 'files' : [];
};

const startingWith = (completion: Completion, current: string): Completion =>
  completion === 'files' ? completion : completion.filter(({ text }) => text.startsWith(current));

/**
 * What may stand in the place of the last word.
 *
 * @param line  the words behind `syn-deploy`, the last one as far as it is typed
 */
export const complete = async (
  line: readonly string[],
  outline: Outline,
  sources: CompletionSources,
): Promise<Completion> => {
  const [name, ...before] = line.slice(0, -1);
  const current = line.at(-1) ?? '';
  if (name === undefined)
    return startingWith(
      [
        ...outline.map(({ name: text, description }) => ({ text, description })),
        ...words('--help', '--version'),
      ].filter(({ text }) => current.startsWith('-') || !text.startsWith('-')),
      current,
    );
  const command = outline.find((one) => one.name === name);
  if (command === undefined) return [];
  const { words: typed, pending } = readTyped(command, before);
  if (pending !== undefined) return startingWith(await ofOption(pending, current, typed, sources), current);
  const [, long = '', value] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? [];
  const joined = command.options.find(
    ({ names, value: takes }) => takes !== undefined && names.includes(long),
  );
  if (joined !== undefined) {
    const found = startingWith(await ofOption(joined, value ?? '', typed, sources), value ?? '');
    return found === 'files' ? found : found.map((one) => ({ ...one, text: `${long}=${one.text}` }));
  }
  if (current.startsWith('-')) return startingWith(optionsOf(command), current);
  return startingWith(await ofWord(command, typed, sources), current);
};
