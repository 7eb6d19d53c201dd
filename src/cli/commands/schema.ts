import type { ModuleRegistry } from '../../model/module.ts';
import { nearestName } from '../../util/nearest-name.ts';
import {
  inventorySchema,
  playbookSchema,
  type Schema,
  tasksSchema,
  variablesSchema,
} from '../editor-schema.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { modulesHere } from '../own-modules.ts';
import { UsageError } from '../usage-error.ts';

/** What there are schemas of. */
export const schemas: Readonly<Record<string, (modules: ModuleRegistry) => Schema>> = {
  playbook: playbookSchema,
  tasks: tasksSchema,
  inventory: inventorySchema,
  vars: variablesSchema,
};

const unknownSchema = (what: string): UsageError => {
  const names = Object.keys(schemas);
  const near = nearestName(what, names);
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return new UsageError(`schema is of ${names.join(', ')}, not of "${what}"${hint}`);
};

/** `schema`: JSON Schema of a kind of file, for editors, with the modules in `modules/` here. @throws UsageError, DiagnosticError */
export const printSchema = async (what: string, io: Io): Promise<number> => {
  const schemaOf = Object.hasOwn(schemas, what) ? schemas[what] : undefined;
  if (schemaOf === undefined) throw unknownSchema(what);
  io.stdout.write(`${JSON.stringify(schemaOf(await modulesHere()), null, 2)}\n`);
  return allWell;
};
