import { inventorySchema, playbookSchema } from '../editor-schema.ts';
import { allWell } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { modulesHere } from '../own-modules.ts';
import { UsageError } from '../usage-error.ts';

/** `schema`: JSON Schema of a playbook or an inventory, for editors, with the modules in `modules/` here. @throws UsageError, DiagnosticError */
export const printSchema = async (what: string, io: Io): Promise<number> => {
  if (what !== 'playbook' && what !== 'inventory')
    throw new UsageError(`schema is of "playbook" or "inventory", not of "${what}"`);
  const schema = what === 'playbook' ? playbookSchema(await modulesHere()) : inventorySchema();
  io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return allWell;
};
