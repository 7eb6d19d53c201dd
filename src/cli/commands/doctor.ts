import { basename, dirname } from 'node:path';
import type { Variables } from '../../model/located.ts';
import type { ProjectFiles } from '../../model/project.ts';
import { jsonText } from '../../util/json-text.ts';
import { nearestName } from '../../util/nearest-name.ts';
import { printableLine } from '../../util/printable.ts';
import { createProjectFiles } from '../../workspace/project-files.ts';
import type { Flags } from '../dispatch.ts';
import { diagnose } from '../doctor/causes.ts';
import { findSite, type Site } from '../doctor/find-site.ts';
import { notesOf, pythonModules } from '../doctor/notes.ts';
import { readSite, rolesPathOf } from '../doctor/read-site.ts';
import { type Examination, renderExamination } from '../doctor/render-diagnosis.ts';
import { allWell, wrongInput } from '../exit-status.ts';
import { readExtraVars } from '../extra-vars.ts';
import { choiceFlag, listFlag } from '../flags.ts';
import type { Io } from '../io.ts';
import { openSecrets, withPassphrases } from '../open-secrets.ts';
import { UsageError } from '../usage-error.ts';

const siteAt = (path: string, inventories: readonly string[], files: ProjectFiles): Site => {
  const site = findSite(path, files);
  if (site === undefined) {
    const near = nearestName(basename(path), files.list(dirname(path)));
    throw new UsageError(
      `there is no playbook or folder ${path}${near === undefined ? '' : `; did you mean "${near}"?`}`,
    );
  }
  if (site.playbooks.length + site.roles.length === 0)
    throw new UsageError(
      `${path} has no playbooks and no roles; name a playbook, a role, or the folder that has playbooks/ or roles/`,
    );
  return inventories.length === 0 ? site : { ...site, inventories };
};

const examine = async (
  path: string,
  site: Site,
  files: ProjectFiles,
  extraVars: Variables,
  io: Io,
): Promise<Examination> => {
  const read = await readSite(site, files, extraVars, io);
  const { playbooks, inventories } = site;
  const notes = notesOf(site, files, rolesPathOf(site, files, io.env).roles);
  const diagnosis = diagnose(read, pythonModules(notes));
  return { path, playbooks, roles: read.roles, inventories, diagnosis, notes };
};

const jsonOf = ({ diagnosis, ...rest }: Examination) => ({
  ...rest,
  tasks: diagnosis.tasks,
  causes: diagnosis.causes,
});

/**
 * `doctor`: how much of an Ansible project runs as it is, and why the rest does not. Never stops at what is wrong.
 *
 * @returns 1 where something does not run
 * @throws UsageError when there is nothing to read
 */
export const doctor = async (paths: readonly string[], flags: Flags, io: Io): Promise<number> => {
  const form = choiceFlag(flags, 'output', '--output', ['text', 'json']) ?? 'text';
  const secrets = await openSecrets(flags, io);
  const files = createProjectFiles(secrets);
  const sites = paths.map((path) => ({ path, site: siteAt(path, listFlag(flags, 'inventory'), files) }));
  const extraVars = readExtraVars(listFlag(flags, 'extraVars'), files);
  const examinations = await withPassphrases(secrets, io, async () => {
    const all: Examination[] = [];
    for (const { path, site } of sites) all.push(await examine(path, site, files, extraVars, io));
    return all;
  });
  const shown = io.mask?.value(examinations) ?? examinations;
  io.stdout.write(
    form === 'json'
      ? `${jsonText({ version: 1, projects: shown.map(jsonOf) })}\n`
      : shown.map((one) => `${renderExamination(one).map(printableLine).join('\n')}\n`).join('\n'),
  );
  return examinations.every(({ diagnosis }) => diagnosis.causes.length === 0) ? allWell : wrongInput;
};
