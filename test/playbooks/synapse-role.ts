import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createLookups } from '../../src/cli/lookups.ts';
import { HostVariables } from '../../src/engine/host-variables.ts';
import { createTaskContext, expandTask, type Instance, parseParams } from '../../src/engine/instance.ts';
import { loadPlaybook } from '../../src/language/load-playbook.ts';
import type { Host } from '../../src/model/host.ts';
import type { TaskContext } from '../../src/model/module.ts';
import type { Entry } from '../../src/model/play.ts';
import { TaskFailure } from '../../src/model/task-failure.ts';
import { TemplateError } from '../../src/model/template-error.ts';
import { modules } from '../../src/modules/index.ts';
import { variables } from '../../src/template/scope.ts';
import { memoryFiles } from '../support/memory-files.ts';

const folder = 'playbooks';

const textsBelow = (path: string): [string, string][] =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    return entry.isDirectory() ? textsBelow(child) : [[child, readFileSync(child, 'utf8')]];
  });

const files = memoryFiles(Object.fromEntries(textsBelow(folder)));

const loaded = loadPlaybook(join(folder, 'synapse-workers.yaml'), { files, registry: modules });

/** Mistakes and warnings in the flagship's files. */
export const diagnostics = loaded.diagnostics;

/** A task of the flagship as one host would run it; `params` rendered, as the module gets them. */
export interface RenderedTask {
  readonly name: string;
  readonly module: string;
  /** Label of the loop's item. */
  readonly item: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: parameters of any module
  readonly params: any;
  readonly instance: Instance;
}

/** The flagship for one host. */
export interface Role {
  /** Those whose `when` holds, in order. */
  readonly tasks: readonly RenderedTask[];
  /** The messages of its assertions that fail. */
  readonly refusals: readonly string[];
  /** What is written to the path, by whatever task. @throws Error when no task writes it */
  text(path: string): string;
  /** The same, read as YAML 1.1 like Synapse reads it. */
  // biome-ignore lint/suspicious/noExplicitAny: configuration of any shape
  yaml(path: string): any;
  /** The settings that all processes share, as Synapse merges them: of the files of conf.d, by name, a later key replaces an earlier one. */
  // biome-ignore lint/suspicious/noExplicitAny: configuration of any shape
  readonly settings: any;
  /** Names of the workers that have a file. */
  readonly workerNames: readonly string[];
  /** All tasks of the name. @throws Error when there is none */
  named(name: string): readonly RenderedTask[];
  /** The task that manages the unit by its module. */
  unit(module: string, name: string): RenderedTask;
}

const { plays } = loaded;

const contextOf = (instance: Instance): TaskContext =>
  createTaskContext(instance, { identity: {}, checkMode: false, secret: false, files });

const tasksOf = (entries: readonly Entry[]) =>
  entries.map((entry) => {
    if (entry.type !== 'task') throw new Error(`the flagship has an entry of type ${entry.type}`);
    return entry;
  });

const isWanted = (instance: Instance): boolean =>
  instance.task.when.every((condition) => instance.scope.test(condition));

type Vars = Readonly<Record<string, unknown>>;

const instancesOf = (
  name: string,
  vars: Vars,
  others: Readonly<Record<string, Vars>>,
): readonly Instance[] => {
  const host: Host = { name, groups: ['homeservers'], variables: [] };
  const all = { ...others, [name]: vars };
  const hostVariables = new HostVariables(host, {
    inventoryLayers: () => [variables('inventory', vars)],
    magic: () =>
      variables('magic', {
        inventory_hostname: name,
        groups: { all: Object.keys(all) },
        hostvars: all,
        ansible_memtotal_mb: 8000,
      }),
    extra: variables('extra', {}),
    lookups: createLookups(files, {}),
  });
  const tasks = plays.flatMap((play) => tasksOf(play.entries).map((task) => ({ play, task })));
  return tasks.flatMap(({ play, task }) => {
    const scope = hostVariables.scope(play, task, {}, {});
    const isSkipped = !task.when.every((condition) => {
      try {
        return scope.test(condition);
      } catch {
        return true; // It hangs on the loop's item.
      }
    });
    return isSkipped ? [] : expandTask(play, task, scope, false).filter(isWanted);
  });
};

const refusalOf = (instance: Instance): string[] => {
  if (instance.task.moduleName !== 'assert') return [];
  try {
    const { module } = instance.task;
    const noFacts = {
      get: () => {
        throw new Error('an assertion asks for facts');
      },
    };
    module.plan(parseParams(instance), noFacts, contextOf(instance));
    return [];
  } catch (error) {
    // A variable that is not there is shown to the user before any host is contacted, as a refusal is.
    if (!(error instanceof TaskFailure || error instanceof TemplateError)) throw error;
    return [error.message];
  }
};

const writtenBy = ({ module, params, instance }: RenderedTask): [string, string][] => {
  if (module === 'template') {
    const context = contextOf(instance);
    const source = new TextDecoder().decode(context.readFile(params.src, 'templates').bytes);
    return [[params.dest, context.render(source, { trimBlocks: true, file: params.src })]];
  }
  if (module === 'systemd_unit') return [[`/etc/systemd/system/${params.name}`, params.content ?? '']];
  if (module === 'systemd_dropin')
    return [[`/etc/systemd/system/${params.unit}.d/${params.name}`, params.content ?? '']];
  if (module === 'yaml_file') return [[params.path, JSON.stringify(params.value)]];
  if (module === 'copy' && params.content !== undefined) return [[params.dest, params.content]];
  return [];
};

const confD = '/etc/matrix-synapse/conf.d/';
const workersFolder = '/etc/matrix-synapse/workers/';

/**
 * The flagship as a host with these variables would run it; `server_name` is example.org and the flavour venv unless set.
 *
 * @param name    the host's, in the inventory
 * @param others  variables of other hosts, by name: what templates find in hostvars
 */
export const synapseRole = (
  vars: Vars = {},
  {
    name = 'matrix1',
    others = {},
  }: { readonly name?: string; readonly others?: Readonly<Record<string, Vars>> } = {},
): Role => {
  const instances = instancesOf(
    name,
    { server_name: 'example.org', synapse_flavour: 'venv', ...vars },
    others,
  );
  const refusals = instances.flatMap(refusalOf);
  let known: readonly RenderedTask[] | undefined;
  const tasks = (): readonly RenderedTask[] => {
    known ??= instances
      .filter(({ task }) => task.moduleName !== 'assert')
      .map((instance) => ({
        name: instance.ref.name,
        module: instance.task.moduleName,
        item: instance.ref.item,
        params: parseParams(instance),
        instance,
      }));
    return known;
  };
  const texts = (): ReadonlyMap<string, string> => new Map(tasks().flatMap(writtenBy));
  const text = (path: string): string => {
    const found = texts().get(path);
    if (found === undefined) throw new Error(`no task writes ${path}`);
    return found;
  };
  const readYaml = (content: string) => parse(content, { version: '1.1' });
  return {
    get tasks() {
      return tasks();
    },
    refusals,
    text,
    yaml: (path) => readYaml(text(path)),
    get settings() {
      const shared = [...texts()].filter(([path]) => path.startsWith(confD)).sort();
      return Object.assign({}, ...shared.map(([, content]) => readYaml(content)));
    },
    get workerNames() {
      return [...texts().keys()]
        .filter((path) => path.startsWith(workersFolder))
        .map((path) => path.slice(workersFolder.length).replace(/\.yaml$/, ''));
    },
    named: (name) => {
      const found = tasks().filter((task) => task.name === name);
      if (found.length === 0) throw new Error(`no task is called ${name}`);
      return found;
    },
    unit: (module, name) => {
      const found = tasks().find(
        (task) =>
          task.module === module && [task.params.name, task.params.unit, task.params.template].includes(name),
      );
      if (found === undefined) throw new Error(`no task of ${module} is about ${name}`);
      return found;
    },
  };
};
