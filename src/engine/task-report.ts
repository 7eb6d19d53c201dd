import type { Change } from '../model/action.ts';
import type { TaskReport, TaskStatus } from '../model/report.ts';
import type { PlannedTask } from './planned.ts';

const hiddenText = '(hidden: no_log)';
const hidden: Change = { summary: hiddenText };

const changesOf = ({ plan, secret, instance }: PlannedTask): readonly Change[] => {
  const changes = plan.actions.flatMap((action) => action.changes);
  if (secret) return changes.length === 0 ? [] : [hidden];
  return instance?.task.diff === false ? changes.map(({ summary }) => ({ summary })) : changes;
};

/** The line of one instance in the report. */
export const reportTask = (
  planned: PlannedTask,
  status: TaskStatus,
  details: Partial<Pick<TaskReport, 'message' | 'cause' | 'because' | 'rescued' | 'result'>> = {},
): TaskReport => ({
  name: planned.ref.name,
  module: planned.ref.module,
  item: planned.secret && planned.ref.item !== null ? hiddenText : planned.ref.item,
  source: planned.ref.source,
  status,
  ...(planned.delegated === undefined ? {} : { delegatedTo: planned.delegated.name }),
  ...(details.rescued === true ? { rescued: true } : {}),
  cause: details.cause ?? null,
  owed: planned.owed,
  because: details.because ?? null,
  message:
    planned.secret && details.message !== undefined && details.message !== null
      ? hiddenText
      : (details.message ?? null),
  changes: status === 'changed' || status === 'drift' || status === 'failed' ? changesOf(planned) : [],
  ...(details.result === undefined ? {} : { result: planned.secret ? hiddenText : details.result }),
});
