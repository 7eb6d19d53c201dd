import { splitWords, UnclosedQuote } from '../util/split-words.ts';

/** What is wrong with the arguments of ssh that an inventory gives, or has no effect. */
export interface SshArgsProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface SshArgs {
  readonly knownHostsFiles: readonly string[];
  readonly problems: readonly SshArgsProblem[];
}

/** They make ssh faster or more talkative, and change nothing about which host is reached and how safely. */
const harmless = new Set([
  'batchmode',
  'compression',
  'controlmaster',
  'controlpath',
  'controlpersist',
  'loglevel',
  'serveralivecountmax',
  'serveraliveinterval',
  'tcpkeepalive',
]);

const harmlessFlag = /^-[Cqvn]+$/;

const insteadOf: Readonly<Record<string, string>> = {
  connecttimeout: 'ansible_timeout',
  hostname: 'ansible_host',
  identityfile: 'ansible_ssh_private_key_file',
  port: 'ansible_port',
  user: 'ansible_user',
  '-i': 'ansible_ssh_private_key_file',
  '-l': 'ansible_user',
  '-p': 'ansible_port',
};

const refused = (what: string): SshArgsProblem => {
  const instead = insteadOf[what.toLowerCase()];
  return {
    severity: 'error',
    message: `ssh's "${what}" in "ansible_ssh_common_args" is not supported`,
    hint:
      instead === undefined
        ? 'the login does not use the ssh program; of its options, "-o UserKnownHostsFile=…" is read'
        : `"${instead}" says the same`,
  };
};

/** `Name=value` or `Name value`, as behind `-o`. */
const readOption = (text: string): SshArgs => {
  const [, name = '', value = ''] = /^\s*([^\s=]+)\s*[\s=]?\s*(.*?)\s*$/s.exec(text) ?? [];
  const key = name.toLowerCase();
  if (key === 'userknownhostsfile') {
    const files = value.split(/\s+/).map((file) => file.replace(/^"(.*)"$/, '$1'));
    return { knownHostsFiles: files.filter((file) => file !== ''), problems: [] };
  }
  const strict = /^(?:yes|ask)$/i.test(value);
  if (harmless.has(key) || (key === 'stricthostkeychecking' && strict))
    return { knownHostsFiles: [], problems: [] };
  if (key !== 'stricthostkeychecking') return { knownHostsFiles: [], problems: [refused(name)] };
  return {
    knownHostsFiles: [],
    problems: [
      {
        severity: 'warning',
        message: `"StrictHostKeyChecking=${value}" has no effect: host keys are always checked`,
        hint: '--accept-new-host-keys adds those of new hosts',
      },
    ],
  };
};

const readWords = (words: readonly string[]): readonly SshArgs[] => {
  const [word, next, ...rest] = words;
  if (word === undefined) return [];
  if (word === '-o' && next !== undefined) return [readOption(next), ...readWords(rest)];
  if (word.startsWith('-o') && word !== '-o')
    return [readOption(word.slice(2)), ...readWords(words.slice(1))];
  if (harmlessFlag.test(word)) return readWords(words.slice(1));
  // What follows may be the option's value: nothing behind it can be told apart.
  return [{ knownHostsFiles: [], problems: [refused(/^-\w/.exec(word)?.[0] ?? word)] }];
};

/** Reads `ansible_ssh_common_args`: the files of known hosts; what only ssh could do is a problem. */
export const readSshArgs = (args: string): SshArgs => {
  try {
    const read = readWords(splitWords(args));
    return {
      knownHostsFiles: read.find(({ knownHostsFiles }) => knownHostsFiles.length > 0)?.knownHostsFiles ?? [],
      problems: read.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    const message = `"ansible_ssh_common_args": ${error.message}`;
    return { knownHostsFiles: [], problems: [{ severity: 'error', message }] };
  }
};
