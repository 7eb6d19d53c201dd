import type { RunReport } from '../model/report.ts';

/** All hosts are as wanted. */
export const allWell = 0;
/** What the user wrote is wrong: usage, YAML, schema, templates, an unknown file. No host was contacted. */
export const wrongInput = 1;
/** A task failed or a host did not converge. Adds up with the next two. */
export const hostFailed = 2;
/** A host was unreachable. */
export const hostUnreachable = 4;
/** `check` found drift. */
export const driftFound = 8;
/** The run is over, but a report of it, or its place in the history, could not be written. Adds up with those. */
export const reportLost = 16;
/** A bug of ours (EX_SOFTWARE of sysexits.h). */
export const ourBug = 70;
/** Interrupted by Ctrl-C (128 + SIGINT). */
export const interrupted = 130;

/** The status of a finished run. */
export const statusOfRun = ({ summary }: RunReport): number =>
  (summary.failed > 0 ? hostFailed : 0) +
  (summary.unreachable > 0 ? hostUnreachable : 0) +
  (summary.drift > 0 ? driftFound : 0);
