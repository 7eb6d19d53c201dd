import { program } from '../../facts/programs.ts';
import { absent, type Facts } from '../../model/fact.ts';
import { TaskFailure } from '../../model/task-failure.ts';

/**
 * In check mode a package that an earlier task would install makes this unknown, not a failure.
 *
 * @throws TaskFailure that names the package, where the host has no such program
 */
export const needProgram = (facts: Facts, name: string, debianPackage: string): void => {
  if (facts.get(program(name)) === absent)
    throw new TaskFailure(
      `there is no ${name} on the host: the package ${debianPackage} brings it, so install that before`,
    );
};
