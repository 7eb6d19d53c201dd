import { cac } from 'cac';
import { nearestName } from '../util/nearest-name.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';
import { readVersion } from './version.ts';

/** Options as cac gives them: camel case, an array where one was given several times. */
export type Flags = Readonly<Record<string, unknown>>;

type Cli = ReturnType<typeof cac>;
type Command = ReturnType<Cli['command']>;

const commandNames = ['apply', 'check', 'validate', 'list', 'run', 'trust', 'modules', 'init', 'schema'];

const withSelection = (command: Command): Command =>
  command
    .option('-l, --limit <pattern>', 'only these hosts: web:&eu:!old')
    .option('-t, --tags <tags>', 'only tasks with one of these tags, comma-separated')
    .option('--skip-tags <tags>', 'no task with one of these tags')
    .option(
      '-e, --extra-vars <vars>',
      'variables stronger than all others: k=v, YAML or JSON, @file; may be repeated',
    )
    .option('--no-color', 'no colours (also: NO_COLOR in the environment)');

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
    .option('--timeout <seconds>', 'to log in', { default: 10 })
    .option('--task-timeout <seconds>', 'for one action on a host', { default: 1800 })
    .option('-v, --verbose', 'say more; up to -vvv');

const withOutput = (command: Command): Command =>
  command
    .option('-o, --output <form>', 'progress (on a terminal), plain (elsewhere), json')
    .option('--output-file <file>', 'write the output there instead of to standard output')
    .option('--diff', 'show what changes in files (the default)')
    .option('--no-diff', 'do not');

/** Describes all commands; each loads its code only when it is the one that runs. */
const describe = (io: Io): { cli: Cli; result: () => Promise<number> | undefined } => {
  const cli = cac('syn-deploy');
  let running: Promise<number> | undefined;
  const start = (work: () => Promise<number>): void => {
    running = work();
  };
  withOutput(
    withConnection(
      withSelection(cli.command('apply <inventory> [...playbooks]', 'bring hosts to the wanted state')),
    ),
  )
    .option('-C, --check', 'change nothing: the same as the command check')
    .example('  syn-deploy apply inventory.yaml -l matrix1')
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
  withOutput(
    withConnection(
      withSelection(cli.command('check <inventory> [...playbooks]', 'audit drift, change nothing')),
    ),
  )
    .example('  syn-deploy check inventory.yaml -o json --output-file drift.json')
    .action((inventory: string, playbooks: string[], flags: Flags) =>
      start(async () =>
        (await import('./commands/apply.ts')).apply('check', inventory, playbooks, flags, io),
      ),
    );
  withSelection(
    cli.command('validate <inventory> [...playbooks]', 'read everything, connect nowhere'),
  ).action((inventory: string, playbooks: string[], flags: Flags) =>
    start(async () => (await import('./commands/validate.ts')).validate(inventory, playbooks, flags, io)),
  );
  withSelection(
    cli.command('list <inventory> [...playbooks]', 'hosts, tasks and tags that would run'),
  ).action((inventory: string, playbooks: string[], flags: Flags) =>
    start(async () => (await import('./commands/list.ts')).list(inventory, playbooks, flags, io)),
  );
  withOutput(
    withConnection(withSelection(cli.command('run <inventory> <module> [...args]', 'one ad-hoc task'))),
  )
    .option('-C, --check', 'change nothing')
    .example('  syn-deploy run inventory.yaml apt name=htop -b -l matrix1')
    .action((inventory: string, module: string, args: string[], flags: Flags) =>
      start(async () => (await import('./commands/run.ts')).run(inventory, module, args, flags, io)),
    );
  withConnection(
    withSelection(cli.command('trust <inventory>', 'show host keys that are not known yet, and add them')),
  )
    .option('-y, --yes', 'add them without asking')
    .action((inventory: string, flags: Flags) =>
      start(async () => (await import('./commands/trust.ts')).trust(inventory, flags, io)),
    );
  cli
    .command('modules [name]', 'reference of the modules')
    .action((name: string | undefined) =>
      start(async () => (await import('./commands/modules.ts')).describeModules(name, io)),
    );
  cli
    .command('init [dir]', 'a small inventory and playbook that run as they are')
    .action((dir: string | undefined) =>
      start(async () => (await import('./commands/init.ts')).init(dir ?? '.', io)),
    );
  cli
    .command('schema <what>', 'JSON Schema for editors: playbook or inventory')
    .action((what: string) =>
      start(async () => (await import('./commands/schema.ts')).printSchema(what, io)),
    );
  cli.help();
  cli.version(readVersion());
  return { cli, result: () => running };
};

const unknownCommand = (written: string): UsageError => {
  const near = nearestName(written, commandNames);
  const hint = near === undefined ? `commands are ${commandNames.join(', ')}` : `did you mean "${near}"?`;
  return new UsageError(`unknown command "${written}"; ${hint}`);
};

/** Finds the command and runs it. @throws UsageError */
export const dispatch = async (args: readonly string[], io: Io): Promise<number> => {
  const { cli, result } = describe(io);
  try {
    cli.parse(['node', 'syn-deploy', ...args], { run: false });
    const { matchedCommand, options } = cli;
    if (options['help'] === true || options['version'] === true) return 0;
    if (matchedCommand === undefined) {
      const [written] = cli.args;
      if (written !== undefined) throw unknownCommand(written);
      cli.outputHelp();
      return args.length === 0 ? 1 : 0;
    }
    cli.runMatchedCommand();
  } catch (error) {
    // NOTE: cac has no exported error class for what a user mistyped; its name is documented.
    if (error instanceof Error && error.name === 'CACError')
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
  return (await result()) ?? 0;
};
