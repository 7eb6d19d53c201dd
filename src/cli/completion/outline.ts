import type { cac } from 'cac';
import { optionForm } from '../read-options.ts';

/** An option as people may write it. */
export interface OutlineOption {
  /** `--limit`, `-l`; the long form first. */
  readonly names: readonly string[];
  /** `pattern`; undefined: it takes no value. */
  readonly value: string | undefined;
  readonly description: string;
}

/** A command with its words and options. */
export interface OutlineCommand {
  readonly name: string;
  readonly description: string;
  /** `inventory`, `playbooks`; the last one may repeat. */
  readonly words: readonly {
    readonly name: string;
    readonly repeats: boolean;
    readonly isRequired: boolean;
  }[];
  readonly options: readonly OutlineOption[];
}

/** The command line, for what helps to type it: completion and the manual page. */
export type Outline = readonly OutlineCommand[];

const help: OutlineOption = {
  names: ['--help', '-h'],
  value: undefined,
  description: 'options and examples',
};

const outlineOption = (rawName: string, description: string): OutlineOption => {
  const { long, short, negated } = optionForm(rawName);
  return {
    names: [`--${negated ? 'no-' : ''}${long}`, ...(short === undefined ? [] : [`-${short}`])],
    value: /<(.+)>/.exec(rawName)?.[1],
    description,
  };
};

export const outlineOf = (cli: ReturnType<typeof cac>): Outline =>
  cli.commands.map(({ name, description, args, options }) => ({
    name,
    description,
    words: args.map(({ value, variadic, required }) => ({
      name: value,
      repeats: variadic,
      isRequired: required,
    })),
    options: [...options.map((option) => outlineOption(option.rawName, option.description)), help],
  }));
