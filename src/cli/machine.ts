import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Machine } from '../engine/run-options.ts';
import type { Reporter } from '../model/event.ts';
import type { ProjectFiles } from '../model/project.ts';
import { writeWhole } from '../workspace/write-whole.ts';
import { ask } from './ask.ts';
import type { Io } from './io.ts';

/** What tasks do on this machine, and a view of its files that knows of it: the project's is of the beginning of the run. */
export interface OwnMachine extends Machine {
  over(files: ProjectFiles): ProjectFiles;
}

/** Files go where tasks say, readable by their owner only; questions go to the terminal, where there is one. */
export const createMachine = (io: Io, reporter: Pick<Reporter, 'emit' | 'hush'>): OwnMachine => {
  const written = new Map<string, Uint8Array>();
  const over = (files: ProjectFiles): ProjectFiles => ({
    ...files,
    read: (path) => written.get(path) ?? files.read(path),
    kind: (path) => (written.has(path) ? 'file' : files.kind(path)),
    ...(files.anew !== undefined && { anew: () => over(files.anew?.() ?? files) }),
  });
  return {
    async ask(question, options) {
      if (io.stdin.isTTY !== true) {
        const message = `"${question}" is not asked, since standard input is no terminal`;
        reporter.emit({ type: 'warned', host: null, message });
        return undefined;
      }
      const goOn = reporter.hush?.();
      try {
        return await ask(question, io, options);
      } finally {
        goOn?.();
      }
    },
    async write(path, bytes) {
      await mkdir(dirname(path), { recursive: true });
      await writeWhole(path, bytes);
      written.set(path, bytes);
    },
    over,
  };
};
