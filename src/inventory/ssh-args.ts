import type { Span } from '../model/span.ts';
import { splitWords, UnclosedQuote } from '../util/split-words.ts';
import { optionForm, optionName } from './ssh-config/keywords.ts';
import { readOption, type SshOption } from './ssh-config/option.ts';
import { splitLine } from './ssh-config/split-line.ts';

/** What is wrong with the arguments of ssh that an inventory gives. */
export interface SshArgsProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface SshArgs {
  /** In their order. */
  readonly options: readonly SshOption[];
  /** `-F` */
  readonly file: string | undefined;
  readonly problems: readonly SshArgsProblem[];
}

/** The variable that the arguments are from. */
export interface SshArgsSource {
  readonly name: string;
  readonly span: Span | undefined;
}

/** They make ssh faster, more talkative or pickier, and change nothing about which host is reached and how safely. */
const harmless = new Set([
  ...['addkeystoagent', 'batchmode', 'checkhostip', 'compression', 'connectionattempts'],
  ...['controlmaster', 'controlpath', 'controlpersist', 'escapechar', 'forwardx11', 'forwardx11trusted'],
  ...['gssapiauthentication', 'gssapidelegatecredentials', 'hashknownhosts', 'ipqos', 'loglevel'],
  ...['kbdinteractiveauthentication', 'numberofpasswordprompts', 'passwordauthentication'],
  ...['preferredauthentications', 'pubkeyauthentication', 'requesttty', 'sendenv', 'setenv'],
  ...['tcpkeepalive', 'updatehostkeys', 'visualhostkey'],
]);

const harmlessFlag = /^-[CqvnkxTt]+$/;

/** Flags that are options of another spelling. */
const flagOptions: Readonly<Record<string, string>> = {
  '-4': 'AddressFamily=inet',
  '-6': 'AddressFamily=inet6',
  '-A': 'ForwardAgent=yes',
  '-a': 'ForwardAgent=no',
};

const flagsWithValue: Readonly<Record<string, string>> = {
  '-J': 'ProxyJump',
  '-b': 'BindAddress',
  '-i': 'IdentityFile',
  '-l': 'User',
  '-p': 'Port',
};

/** Reads arguments one after another. */
class ArgsReader {
  readonly options: SshOption[] = [];
  readonly problems: SshArgsProblem[] = [];
  file: string | undefined;
  readonly #source: SshArgsSource;

  constructor(source: SshArgsSource) {
    this.#source = source;
  }

  read(words: readonly string[]): void {
    for (let at = 0; at < words.length; at += 1) {
      const word = words[at] ?? '';
      const flag = word.slice(0, 2);
      const takesValue = flag === '-o' || flag === '-F' || Object.hasOwn(flagsWithValue, flag);
      if (takesValue) {
        if (word.length === 2) at += 1;
        const value = word.length > 2 ? word.slice(2) : words[at];
        if (value === undefined) this.#refuse(`"${flag}" in "${this.#source.name}" has no value`);
        else this.#readValue(flag, value);
      } else if (Object.hasOwn(flagOptions, word)) this.#readOption(flagOptions[word] ?? '');
      else if (!harmlessFlag.test(word)) {
        // What follows may be the option's value: nothing behind it can be told apart.
        const shown = /^-\w/.exec(word)?.[0] ?? word;
        this.#refuse(`ssh's "${shown}" in "${this.#source.name}" is not supported`);
        return;
      }
    }
  }

  #refuse(message: string): void {
    const hint =
      'the login does not use the ssh program; docs/connections.md lists what is read of its options';
    this.problems.push({ severity: 'error', message, hint });
  }

  #readValue(flag: string, value: string): void {
    if (flag === '-F') this.file ??= value;
    else this.#readOption(flag === '-o' ? value : `${flagsWithValue[flag]}=${value}`);
  }

  /** `Name=value` or `Name value`, as behind `-o`. */
  #readOption(text: string): void {
    const { name: variable, span } = this.#source;
    const line = splitLine(text);
    const name = optionName(line?.keyword ?? '');
    if (harmless.has(name)) return;
    const keyword = /^[^\s=]+/.exec(text.trim())?.[0] ?? '';
    if (line === undefined || optionForm(name) === undefined) {
      this.#refuse(`ssh's "${keyword}" in "${variable}" is not supported`);
      return;
    }
    const read = readOption(line, keyword, { span, origin: variable });
    if (read?.problem !== undefined)
      this.problems.push({ severity: 'error', message: `${read.problem.message} in "${variable}"` });
    if (read?.option !== undefined) this.options.push(read.option);
  }
}

/** Reads `ansible_ssh_common_args` and its like, as ssh reads its command line; what only ssh could do is a problem. */
export const readSshArgs = (args: string, source: SshArgsSource): SshArgs => {
  const reader = new ArgsReader(source);
  try {
    reader.read(splitWords(args));
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    reader.problems.push({ severity: 'error', message: `"${source.name}": ${error.message}` });
  }
  const { options, file, problems } = reader;
  return { options, file, problems };
};
