import { didYouMean, nearestName } from '../util/nearest-name.ts';
import { insteadOfAnsibleOption } from './ansible-options.ts';
import type { Flags } from './dispatch.ts';
import { UsageError } from './usage-error.ts';

/** An option as a command declares it. */
export interface OptionForm {
  /** `extra-vars`; without a `no-` before it. */
  readonly long: string;
  /** `e` */
  readonly short: string | undefined;
  readonly takesValue: boolean;
  /** `--no-color` */
  readonly negated: boolean;
  /** It means more each time: `-vvv`. */
  readonly counts: boolean;
}

/** What stands on the command line after the command. */
export interface ReadOptions {
  readonly words: readonly string[];
  /** What comes after `--`, whatever it looks like. */
  readonly rest: readonly string[];
  /** By name in camel case: a list of texts, true, false for `--no-…`, or for `--verbose` a `true` each time. */
  readonly flags: Flags;
}

/** @param rawName  `-e, --extra-vars <vars>`, `--no-color` */
export const optionForm = (rawName: string): OptionForm => {
  const [, short, negation, long = ''] = /^(?:-([A-Za-z]), )?--(no-)?([a-z][a-z-]*)/.exec(rawName) ?? [];
  return {
    long,
    short,
    takesValue: rawName.includes('<'),
    negated: negation !== undefined,
    counts: long === 'verbose',
  };
};

const camelCase = (name: string): string =>
  name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const written = ({ long, negated }: OptionForm): string => `--${negated ? 'no-' : ''}${long}`;

/** Commands that concern no hosts have no options in common with Ansible's. */
const concernsHosts = (forms: readonly OptionForm[]): boolean => forms.some(({ long }) => long === 'limit');

/** What to write in place of an option that the command does not know. */
const insteadOf = (name: string, command: string, forms: readonly OptionForm[]): string | undefined => {
  const ansible = concernsHosts(forms) ? insteadOfAnsibleOption(name, command) : undefined;
  if (ansible !== undefined) return ansible;
  const near = name.startsWith('--') ? nearestName(name, forms.map(written)) : undefined;
  return didYouMean(near);
};

/** Reads options of one command line, one argument after another. */
class OptionReader {
  readonly #args: readonly string[];
  readonly #command: string;
  readonly #forms: readonly OptionForm[];
  readonly #flags: Record<string, (string | true)[] | boolean> = {};
  readonly #words: string[] = [];
  #at = 0;

  constructor(args: readonly string[], command: string, forms: readonly OptionForm[]) {
    this.#args = args;
    this.#command = command;
    this.#forms = forms;
  }

  read(): ReadOptions {
    while (this.#at < this.#args.length) {
      const arg = this.#args[this.#at] as string;
      this.#at += 1;
      if (arg === '--') break;
      if (arg.startsWith('--')) this.#readLong(arg);
      else if (arg.startsWith('-') && arg.length > 1) this.#readShort(arg);
      else this.#words.push(arg);
    }
    return { words: this.#words, rest: this.#args.slice(this.#at), flags: this.#flags };
  }

  #readLong(arg: string): void {
    const [, name = '', value] = /^(--[^=]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const form = this.#forms.find((one) => written(one) === name);
    if (form === undefined) throw this.#unknown(name);
    if (!form.takesValue && value !== undefined)
      throw new UsageError(`${name} takes no value; found "${value}"`);
    this.#set(form, name, value);
  }

  /** `-l web`, `-lweb`, `-vvv`, `-bK` */
  #readShort(arg: string): void {
    for (let at = 1; at < arg.length; at += 1) {
      const name = `-${arg[at]}`;
      const form = this.#forms.find(({ short }) => short === arg[at]);
      if (form === undefined) throw this.#unknown(name);
      if (form.takesValue) {
        const rest = arg.slice(at + 1).replace(/^=/, '');
        this.#set(form, name, rest === '' ? undefined : rest);
        return;
      }
      this.#set(form, name, undefined);
    }
  }

  #unknown(name: string): UsageError {
    // Behind the module of `run` it was rather meant for the command that is run.
    const isArgument = this.#command === 'run' && this.#words.length > 1;
    const isAnsibles = ['-m', '-a', '-i'].includes(name);
    const hint =
      isArgument && !isAnsibles
        ? `words that begin with a dash come after "--": syn-deploy run ${this.#words.slice(0, 2).join(' ')} -- …`
        : (insteadOf(name, this.#command, this.#forms) ?? `"syn-deploy ${this.#command} --help" lists them`);
    return new UsageError(`unknown option "${name}" of ${this.#command}; ${hint}`);
  }

  #set(form: OptionForm, name: string, given: string | undefined): void {
    const key = camelCase(form.long);
    if (form.negated) {
      this.#flags[key] = false;
      return;
    }
    if (!form.takesValue && !form.counts) {
      this.#flags[key] = true;
      return;
    }
    const known = this.#flags[key];
    const value = form.takesValue ? (given ?? this.#nextValue(name)) : true;
    this.#flags[key] = [...(Array.isArray(known) ? known : []), value];
  }

  #nextValue(name: string): string {
    const next = this.#args[this.#at];
    if (next === undefined || (next.startsWith('-') && next.length > 1))
      throw new UsageError(
        `${name} needs a value${next === undefined ? '' : `; found "${next}" (a value that begins with a dash is written ${name.startsWith('--') ? `${name}=${next}` : `${name}${next}`})`}`,
      );
    this.#at += 1;
    return next;
  }
}

/**
 * Reads the words and options after a command, as getopt_long(3) does: options and words in any order, short options
 * together, `--` before words that are no options. Values stay as they are written.
 *
 * @throws UsageError
 */
export const readOptions = (
  args: readonly string[],
  command: string,
  forms: readonly OptionForm[],
): ReadOptions => new OptionReader(args, command, forms).read();
