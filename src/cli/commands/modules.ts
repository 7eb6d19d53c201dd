import type { ModuleRegistry } from '../../model/module.ts';
import { renderModuleText } from '../../report/module-reference.ts';
import { createPaint } from '../../report/paint.ts';
import { didYouMeanOr, nearestName } from '../../util/nearest-name.ts';
import { describeModule } from '../describe-module.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { modulesHere } from '../own-modules.ts';
import { UsageError } from '../usage-error.ts';
import { wantsColor } from '../wants-color.ts';

const listModules = (modules: ModuleRegistry): string => {
  const width = Math.max(...[...modules.keys()].map(({ length }) => length));
  const lines = [...modules].toSorted().map(([key, { name, summary }]) => {
    const text = key === name ? summary : `Another name of ${name}.`;
    return `${key.padEnd(width)}  ${text}`;
  });
  return `${lines.join('\n')}\n`;
};

/** `modules`: a line each module, those in `modules/` here too, or the reference of one. @throws UsageError, DiagnosticError */
export const describeModules = async (name: string | undefined, io: Io): Promise<number> => {
  const modules = await modulesHere();
  if (name === undefined) {
    io.stdout.write(listModules(modules));
    return allWell;
  }
  const module = modules.get(name.replace(/^ansible\.(?:builtin|legacy)\./, ''));
  if (module === undefined) {
    const near = nearestName(name, modules.keys());
    const hint = didYouMeanOr(near, '"syn-deploy modules" lists them');
    throw new UsageError(`unknown module "${name}"; ${hint}`);
  }
  const options = {
    width: Math.min(100, io.stdout.columns ?? 80),
    paint: createPaint(wantsColor(io.stdout, io.env)),
  };
  io.stdout.write(renderModuleText(describeModule(module, modules), options));
  return allWell;
};
