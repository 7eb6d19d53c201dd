import { z } from 'zod';
import type { AnyModule } from '../../model/module.ts';
import { modules } from '../../modules/index.ts';
import { renderModulePage } from '../../report/module-reference.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { UsageError } from '../usage-error.ts';

/** A module as plain data, for its page. */
export const describeModule = ({ name, summary, examples, aliases, params }: AnyModule) => ({
  name,
  summary,
  examples,
  aliases: aliases ?? {},
  schema: z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }),
});

/** `modules`: a line each module, or the page of one. @throws UsageError */
export const describeModules = async (name: string | undefined, io: Io): Promise<number> => {
  if (name === undefined) {
    const width = Math.max(...[...modules.keys()].map(({ length }) => length));
    const lines = [...modules].toSorted().map(([key, { summary }]) => `${key.padEnd(width)}  ${summary}`);
    io.stdout.write(`${lines.join('\n')}\n`);
    return allWell;
  }
  const module = modules.get(name);
  if (module === undefined) {
    const near = nearestName(name, modules.keys());
    throw new UsageError(`unknown module "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  io.stdout.write(renderModulePage(describeModule(module)));
  return allWell;
};
