import type { FactKey } from '../model/fact.ts';
import type { ProjectFiles } from '../model/project.ts';
import type { Scope } from '../template/scope.ts';
import type { Accounts } from './identity.ts';
import type { Overlay } from './overlay.ts';
import type { Delegated } from './planned.ts';

/** What planning one instance needs besides the instance. */
export interface PlanEnvironment {
  readonly overlay: Overlay;
  readonly accounts: Accounts;
  readonly files: ProjectFiles;
  /** As they were for a task that is over, by its id; undefined: as they are by now. */
  filesOf?(id: string): ProjectFiles | undefined;
  readonly checkMode: boolean;
  /** The machine that it is all about, where that is not the host itself. */
  readonly delegated?: Delegated | undefined;
  /** It is all about the machine that runs this. */
  readonly isHere?: boolean | undefined;
  /** Variables of that machine. */
  readonly connection?: Scope | undefined;
  /** Told of every value that must never be shown. */
  hide(secret: string): void;
  /** Told of every fact that is wanted. */
  want(keys: readonly FactKey[]): void;
  /** Which try of a task with `until` this is. Default: the first. */
  attemptOf?(id: string): number;
  /** Whether this, as in `Blocked`, is what another host has still to tell. */
  isAwaited(because: string): boolean;
}
