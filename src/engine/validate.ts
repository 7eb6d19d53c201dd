import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import { TemplateError } from '../model/template-error.ts';
import { Debts } from './debts.ts';
import { withoutFollowing } from './following-mistakes.ts';
import type { HostResults } from './host-results.ts';
import { HostVariables } from './host-variables.ts';
import { accountsOf } from './identity.ts';
import { Overlay } from './overlay.ts';
import { unseenOf } from './pass-options.ts';
import type { PlannedTask } from './planned.ts';
import { Pass } from './planning.ts';
import type { HostWork, RunOptions } from './run-options.ts';
import { sequenceOf } from './sequence.ts';

const diagnosticsOf = ({ error, instance, ref }: PlannedTask): readonly Diagnostic[] => {
  if (error instanceof TemplateError) return [error.diagnostic];
  if (error instanceof DiagnosticError) return error.diagnostics;
  // What a task reads and cannot: the place is the task's, and the file is in the message.
  const [known] = error?.cause instanceof DiagnosticError ? error.cause.diagnostics : [];
  if (known !== undefined)
    return [{ ...known, message: `${ref.name}: ${error?.message}`, span: instance?.task.span }];
  return [
    {
      severity: 'error',
      code: 'bad-task',
      message: `${ref.name}: ${error?.message ?? 'wrong'}`,
      span: instance?.task.span,
    },
  ];
};

/** What `validateHost` needs of a run: nothing that contacts anybody. */
export type ValidateOptions = Pick<RunOptions, 'mode' | 'variables' | 'files' | 'selection' | 'become'> & {
  /** Of all hosts that are to be run on. */
  readonly results: HostResults;
};

/**
 * Mistakes that show before the host is contacted: undefined variables, parameters that are wrong once rendered,
 * verifications that hang on variables alone. What depends on the host is left for the run.
 */
export const validateHost = (work: HostWork, options: ValidateOptions): readonly Diagnostic[] => {
  const variables = new HostVariables(work.host, options.variables, {
    results: options.results,
    hide: () => {},
  });
  const accounts = accountsOf(work.plays, variables, 'root', options.become);
  const overlay = new Overlay(new Map(), { blockOnTaint: true });
  const { failures } = new Pass(
    {
      steps: sequenceOf(work),
      settled: new Map(),
      notified: new Map(),
      passedSteps: new Set(),
      hasTriesLeft: () => false,
      debts: new Debts((playbook) => playbook),
      setBefore: {},
    },
    {
      variables,
      environment: {
        overlay,
        accounts,
        files: options.files,
        checkMode: options.mode === 'check',
        hide: () => {},
        want: () => {},
        isAwaited: (because) => options.results.waits.isAwaited(because),
      },
      selection: options.selection,
      mode: 'collect',
      planPrune: () => ({ left: [], pruning: undefined }),
      guests: { environmentOf: (_, own) => own, overlayOf: () => overlay },
      readOnce: (play, task, at) => options.results.readOnce(work.host.name, play, task, at)?.once,
      unseen: unseenOf(accounts, options.mode),
    },
  ).run();
  return withoutFollowing(failures, diagnosticsOf);
};
