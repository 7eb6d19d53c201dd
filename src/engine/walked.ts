import type { FactKey } from '../model/fact.ts';
import type { Variables } from '../model/located.ts';
import type { Play } from '../model/play.ts';
import type { Dynamic } from './host-variables.ts';
import type { PassCourse } from './pass-course.ts';
import type { PlanEnvironment } from './plan-environment.ts';
import type { PlannedTask } from './planned.ts';

/** What walking a task came to before anything was seen of the host. */
export interface Walked {
  /** Variables that it set. */
  readonly dynamic: Dynamic;
  /** Read by include_vars. */
  readonly included: readonly Variables[];
  /** Why it could not tell which variables it reads. */
  readonly closes: readonly string[];
  readonly failures: readonly PlannedTask[];
  readonly waits: readonly string[];
  readonly asksLater: ReadonlySet<string>;
  readonly hasGaps: boolean;
  readonly keys: readonly FactKey[];
  readonly secrets: readonly string[];
}

/** Goes on with what a task came to that was walked before, for another host or pass. @param ofPlay  what is included stays in it */
export const takeWalked = (
  walked: Walked,
  course: PassCourse,
  environment: PlanEnvironment,
  ofPlay: Play | undefined,
): void => {
  course.set(walked.dynamic);
  for (const included of walked.included) course.include(included, ofPlay);
  for (const because of walked.closes) course.unopened.push({ at: course.at, because });
  course.failures.push(...walked.failures);
  for (const because of walked.waits) course.noteWait(because, walked.asksLater.has(because));
  course.hasGaps ||= walked.hasGaps;
  environment.want(walked.keys);
  walked.secrets.forEach(environment.hide);
};
