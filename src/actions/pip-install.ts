import { type PipEnvironmentFact, pipEnvironment } from '../facts/pip-packages.ts';
import type { Action } from '../model/action.ts';
import type { Absent } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';

/** How pip is started, and for which environment. */
export interface PipSettings {
  /** Folder of the virtual environment; undefined: the environment of `executable`. */
  readonly virtualenv: string | undefined;
  /** `pip3`, `/opt/x/bin/pip`; used without a virtual environment. */
  readonly executable: string;
  /** Words before the folder: `python3 -m venv --system-site-packages`. */
  readonly createCommand: readonly string[];
  readonly chdir: string | undefined;
  /** Octal digits. */
  readonly umask: string | undefined;
}

export interface PipRun {
  readonly settings: PipSettings;
  /** `install --upgrade …`, `uninstall -y …`. */
  readonly words: readonly string[];
  /** Nothing is there yet. */
  readonly createsVirtualenv: boolean;
  readonly summary: string;
  readonly changes: readonly string[];
  /** Key of the environment's fact: a folder, or undefined for the system's. */
  readonly environment: string | undefined;
  readonly after: PipEnvironmentFact | Absent;
  readonly unprovable: boolean;
}

/** A virtual environment's pip by its Python: the script beside it is broken in one that was moved. */
export const pipCommand = ({ virtualenv, executable }: PipSettings): Sh =>
  virtualenv === undefined ? sh`${executable}` : sh`${`${virtualenv}/bin/python`} -m pip`;

/** One that was cut off while it was made has no pip yet. */
const create = ({ virtualenv = '', createCommand }: PipSettings): Sh =>
  sh`if ! [ -e ${`${virtualenv}/bin/pip`} ]; then ${createCommand} ${virtualenv}; fi`;

/** Runs pip, after making the virtual environment where there is none. */
export const pipRun = (run: PipRun): Action => {
  const { settings, words, createsVirtualenv, environment } = run;
  return {
    kind: 'pip-install',
    summary: run.summary,
    changes: [
      ...(createsVirtualenv ? [{ summary: `create virtual environment ${settings.virtualenv}` }] : []),
      ...run.changes.map((summary) => ({ summary })),
    ],
    sh: joinSh([
      rawSh(
        'export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_PROGRESS_BAR=off PIP_ROOT_USER_ACTION=ignore',
      ),
      ...(settings.umask === undefined ? [] : [sh`umask ${settings.umask}`]),
      ...(settings.chdir === undefined ? [] : [sh`cd -- ${settings.chdir}`]),
      ...(settings.virtualenv === undefined ? [] : [create(settings)]),
      ...(words.length > 0 ? [sh`${pipCommand(settings)} ${words}`] : []),
    ]),
    taints: ['everything'],
    predicts: [{ key: pipEnvironment(environment), value: run.after }],
    unprovable: run.unprovable,
    capture: true,
  };
};
