import { stringify } from 'yaml';
import type { ProjectFiles } from '../../model/project.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import type { Flags } from '../dispatch.ts';
import type { Io } from '../io.ts';
import { loadProject } from '../load-project.ts';
import { readProjectRequest } from '../project-request.ts';
import { runProject } from '../run-project.ts';

/** The name that messages give the play made of the command line. */
const file = 'command-line.yaml';

/** The project's files, and the play as one of them. */
const withPlay = (files: ProjectFiles, play: string): ProjectFiles => ({
  ...files,
  text: (path) => (path === file ? play : files.text(path)),
  read: (path) => (path === file ? new TextEncoder().encode(play) : files.read(path)),
  kind: (path) => (path === file ? 'file' : files.kind(path)),
});

const playOf = (module: string, args: readonly string[], become: boolean): string =>
  stringify([
    {
      name: 'command line',
      hosts: 'all',
      become,
      tasks: [{ [module]: args.join(' ') === '' ? {} : args.join(' '), register: 'said' }],
    },
  ]);

/** `run`: one ad-hoc task, on all hosts of the inventory or those of `--limit`. */
export const run = async (
  inventory: string,
  module: string,
  args: readonly string[],
  flags: Flags,
  io: Io,
): Promise<number> => {
  const files = withPlay(createProjectFiles(), playOf(module, args, flags['become'] === true));
  const request = readProjectRequest(inventory, [file], flags, files);
  const mode = flags['check'] === true ? 'check' : 'apply';
  // What a command says is what it is run for, so it is shown without being asked for.
  const shown: Flags = { output: 'plain', ...flags, verbose: flags['verbose'] ?? [true, true, true] };
  return await runProject({ mode, project: loadProject(request, files), request, files, flags: shown, io });
};
