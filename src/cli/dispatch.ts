import { cac } from 'cac';
import { didYouMeanOr, nearestName } from '../util/nearest-name.ts';
import { textFlag } from './flags.ts';
import type { Io } from './io.ts';
import { optionForm, readOptions } from './read-options.ts';
import { UsageError } from './usage-error.ts';

/** Options by name in camel case: true or false, or all values of one that takes them, as they are written. */
export type Flags = Readonly<Record<string, unknown>>;

type Cli = ReturnType<typeof cac>;
type Command = ReturnType<Cli['command']>;

const withSecrets = (command: Command): Command =>
  command
    .option('--vault-password-file <file>', 'password of ansible-vault: a file, or a program that prints it')
    .option(
      '--vault-id <label@source>',
      'the same with its vault id; the source "prompt" asks; may be repeated',
    )
    .option('-J, --ask-vault-pass', 'ask for the password of ansible-vault')
    .option('--age-identity <file>', 'identities that open what was encrypted with age; may be repeated');

const withHosts = (command: Command): Command =>
  withSecrets(command)
    .option('-l, --limit <pattern>', 'only these hosts: web:&eu:!old; @file holds one a line')
    .option(
      '-e, --extra-vars <vars>',
      'variables stronger than all others: k=v, YAML or JSON, @file; may be repeated',
    )
    .option('--no-color', 'no colours (also: NO_COLOR in the environment)');

const withSelection = (command: Command): Command =>
  withHosts(command)
    .option('-t, --tags <tags>', 'only tasks with one of these tags, comma-separated')
    .option('--skip-tags <tags>', 'no task with one of these tags')
    .option('--start-at-task <name>', 'leave out all tasks before this one');

const withConnection = (command: Command): Command =>
  command
    .option('-f, --forks <n>', 'hosts at once', { default: 20 })
    .option('-u, --user <name>', 'log in as, where the inventory does not say')
    .option('--private-key <file>', 'log in with this key, where the inventory does not say')
    .option('-b, --become', 'become root, where nothing else is said')
    .option('-K, --ask-become-pass', 'ask for the password that sudo wants')
    .option('-k, --ask-pass', 'ask for the password to log in with')
    .option(
      '--accept-new-host-keys',
      'add host keys that are not known yet; a changed key is refused all the same',
    )
    .option('--timeout <seconds>', "to log in (default: ssh's ConnectTimeout, else 10)")
    .option('--ssh-config <file>', "instead of ~/.ssh/config and the system's; none: read no file")
    .option('--task-timeout <seconds>', 'for one action on a host', { default: 1800 })
    .option('--lock-timeout <seconds>', 'wait for another run that has the host; 0: fail at once', {
      default: 60,
    })
    .option('--reconnect-timeout <seconds>', 'log in again when a line was lost; 0: give the host up', {
      default: 120,
    })
    .option('-v, --verbose', 'say more: every task; -vv: stages too; -vvv: what actions print');

const withOutput = (command: Command): Command =>
  command
    .option(
      '-o, --output <form>',
      'progress (on a terminal), plain (elsewhere), json, junit, html; FORM=FILE writes it there; may be repeated',
    )
    .option(
      '--output-file <file>',
      'write what --output names there, and show on standard output what goes on',
    )
    .option(
      '--diff',
      'show all that changes in files; the default but for new files, of which apply shows the beginning',
    )
    .option('--no-diff', 'do not show it');

/** Scripts give the same options to all commands. */
const withUnusedSshConfig = (command: Command): Command =>
  command.option('--ssh-config <file>', 'as for apply; nobody is connected to, and it is not read');

const withHistory = (command: Command): Command =>
  command
    .option('--history <dir>', 'keep the result there, and say since when each drift exists')
    .option('--history-keep <n>', 'results that are kept; the oldest go', { default: 100 });

/** Describes all commands; each loads its code only when it is the one that runs. */
export const describeCommands = (io: Io): { cli: Cli; result: () => Promise<number> | undefined } => {
  const cli = cac('syn-deploy');
  let running: Promise<number> | undefined;
  const start = (work: () => Promise<number>): void => {
    running = work();
  };
  withHistory(
    withOutput(
      withConnection(
        withSelection(cli.command('apply <inventory> [...playbooks]', 'bring hosts to the wanted state')),
      ),
    ),
  )
    .option('-C, --check', 'change nothing: the same as the command check')
    .action((inventory: string, playbooks: string[], flags: Flags) =>
      start(async () =>
        (await import('./commands/apply.ts')).apply(
          flags['check'] === true ? 'check' : 'apply',
          inventory,
          playbooks,
          flags,
          io,
        ),
      ),
    );
  withHistory(
    withOutput(
      withConnection(
        withSelection(cli.command('check <inventory> [...playbooks]', 'audit drift, change nothing')),
      ),
    ),
  ).action((inventory: string, playbooks: string[], flags: Flags) =>
    start(async () => (await import('./commands/apply.ts')).apply('check', inventory, playbooks, flags, io)),
  );
  withUnusedSshConfig(
    withSelection(cli.command('validate <inventory> [...playbooks]', 'read everything, connect nowhere')),
  ).action((inventory: string, playbooks: string[], flags: Flags) =>
    start(async () => (await import('./commands/validate.ts')).validate(inventory, playbooks, flags, io)),
  );
  withUnusedSshConfig(
    withSelection(
      cli.command(
        'list <inventory> [...playbooks]',
        'hosts, tasks and tags that would run; of an inventory alone, its groups and hosts',
      ),
    ),
  )
    .option('-o, --output <form>', 'text or json', { default: 'text' })
    .action((inventory: string, playbooks: string[], flags: Flags) =>
      start(async () => (await import('./commands/list.ts')).list(inventory, playbooks, flags, io)),
    );
  withSecrets(
    cli.command(
      'doctor [...projects]',
      'what of an Ansible project runs as it is, and what does not and why',
    ),
  )
    .option(
      '-e, --extra-vars <vars>',
      'variables stronger than all others: k=v, YAML or JSON, @file; may be repeated',
    )
    .option('-i, --inventory <file>', 'read with it, instead of those that are found; may be repeated')
    .option('-o, --output <form>', 'text or json', { default: 'text' })
    .action((projects: string[], flags: Flags) =>
      start(async () =>
        (await import('./commands/doctor.ts')).doctor(projects.length === 0 ? ['.'] : projects, flags, io),
      ),
    );
  withOutput(withConnection(withHosts(cli.command('run <inventory> <module> [...args]', 'one ad-hoc task'))))
    .option('-C, --check', 'change nothing')
    .action((inventory: string, module: string, args: string[], flags: Flags) =>
      start(async () => (await import('./commands/run.ts')).run(inventory, module, args, flags, io)),
    );
  withHosts(cli.command('trust <inventory>', 'show host keys that are not known yet, and add them'))
    .option('-f, --forks <n>', 'hosts at once', { default: 20 })
    .option('--timeout <seconds>', "to connect (default: ssh's ConnectTimeout, else 10)")
    .option('--ssh-config <file>', "instead of ~/.ssh/config and the system's; none: read no file")
    .option('-y, --yes', 'add them without asking')
    .action((inventory: string, flags: Flags) =>
      start(async () => (await import('./commands/trust.ts')).trust(inventory, flags, io)),
    );
  withSecrets(
    cli.command('secret <verb> <file>', 'encrypt, decrypt, view, edit files and values; - is standard input'),
  )
    .option('-r, --recipient <age1>', 'encrypt for this public key of age; may be repeated')
    .option('-R, --recipients-file <file>', 'encrypt for the public keys in it, one a line')
    .option('-p, --passphrase', 'encrypt with a passphrase, which is asked for')
    .option('--binary', 'write bytes and not text')
    .action((verb: string, file: string, flags: Flags) =>
      start(async () => (await import('./commands/secret.ts')).secret(verb, file, flags, io)),
    );
  cli
    .command('modules [name]', 'reference of the modules')
    .action((name: string | undefined) =>
      start(async () => (await import('./commands/modules.ts')).describeModules(name, io)),
    );
  cli
    .command('init [dir]', 'a small inventory and playbook that run as they are')
    .option('--module <name>', 'instead: a module of your own in modules/, and its test')
    .action((dir: string | undefined, flags: Flags) =>
      start(async () => {
        const { init, initModule } = await import('./commands/init.ts');
        const name = textFlag(flags, 'module');
        return name === undefined ? await init(dir ?? '.', io) : await initModule(name, dir ?? '.', io);
      }),
    );
  cli
    .command('schema <what>', 'JSON Schema for editors: playbook, tasks, inventory or vars')
    .action((what: string) =>
      start(async () => (await import('./commands/schema.ts')).printSchema(what, io)),
    );
  cli
    .command('completion <shell> [...line]', 'completion for bash, zsh or fish')
    .action((shell: string, line: string[]) =>
      start(async () => (await import('./commands/completion.ts')).completion(shell, line, cli, io)),
    );
  return { cli, result: () => running };
};

const unknownCommand = (written: string, cli: Cli): UsageError => {
  const names = cli.commands.map(({ name }) => name);
  if (written.startsWith('-'))
    return new UsageError(`options come after a command, such as "syn-deploy apply"; found "${written}"`);
  const near = nearestName(written, names);
  const hint = didYouMeanOr(near, `commands are ${names.join(', ')}`);
  return new UsageError(`unknown command "${written}"; ${hint}`);
};

const checkWords = async (command: Command, words: readonly string[]): Promise<void> => {
  const { args, name, rawName } = command;
  const { usageOf } = await import('./help.ts');
  const usage = `syn-deploy ${usageOf(rawName)}`;
  const missing = args.find(({ required }, index) => required && index >= words.length);
  if (missing !== undefined)
    throw new UsageError(
      `${name} needs ${missing.value.toUpperCase()}: ${usage}\n"syn-deploy ${name} --help" has examples`,
    );
  if (args.some(({ variadic }) => variadic) || words.length <= args.length) return;
  throw new UsageError(
    `${name} takes ${args.length === 1 ? 'one word' : `${args.length} words`}: ${usage}; found "${words[args.length]}" too`,
  );
};

const showHelp = async (cli: Cli, command: Command, io: Io): Promise<number> => {
  const [{ renderCommandHelp }, { commandTexts }] = await Promise.all([
    import('./help.ts'),
    import('./command-texts.ts'),
  ]);
  const text = commandTexts[command.name];
  if (text === undefined) throw new Error(`no help for ${command.name} of ${cli.name}`);
  io.stdout.write(renderCommandHelp(command, text, io.stdout));
  return 0;
};

const isHelp = (word: string | undefined): boolean => word === '--help' || word === '-h';

/** Finds the command and runs it. @throws UsageError */
export const dispatch = async (args: readonly string[], io: Io): Promise<number> => {
  const { cli, result } = describeCommands(io);
  if (args[0] === 'help' && args[1] !== undefined) return await dispatch([args[1], '--help'], io);
  const [name, ...rest] = args;
  if (name === undefined || isHelp(name) || name === 'help') {
    const { renderHelp } = await import('./help.ts');
    const output = name === undefined ? io.stderr : io.stdout;
    output.write(renderHelp(cli, output));
    return name === undefined ? 1 : 0;
  }
  const command = cli.commands.find((one) => one.name === name);
  if (command === undefined) throw unknownCommand(name, cli);
  const end = rest.indexOf('--');
  if (rest.slice(0, end < 0 ? rest.length : end).some(isHelp)) return await showHelp(cli, command, io);
  const read = readOptions(
    rest,
    name,
    command.options.map(({ rawName }) => optionForm(rawName)),
  );
  const words = [...read.words, ...read.rest];
  await checkWords(command, words);
  // Options are read by us: cac makes numbers of values that look like one, and keeps only one of `-e` and `--extra-vars`.
  cli.parse(['node', 'syn-deploy', name], { run: false });
  const bound = command.args.map(({ variadic }, index) => (variadic ? words.slice(index) : words[index]));
  command.commandAction?.(...bound, { ...cli.options, ...read.flags });
  return (await result()) ?? 0;
};
