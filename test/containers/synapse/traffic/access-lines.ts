/** A request as the process that served it wrote it down. */
export interface AccessLine {
  /** `main`, or the worker's name. */
  readonly process: string;
  readonly agent: string;
  /** Of the answer; an answer that did not reach the client counts too. */
  readonly status: number;
}

/** Main's log has another name than main. */
const processOf = (file: string): string => {
  const name = file.replace(/\.log.*$/s, '');
  return name === 'homeserver' ? 'main' : name;
};

/**
 * Reads what `grep -H 'Processed request' *.log*` prints: `FILE:LINE`, a request a line. Other lines are left out.
 *
 * A line ends with `… 120B 200 "GET /path HTTP/1.1" "AGENT" [3 dbevts]`; the status has a `!` when the client was gone.
 */
export const parseAccessLines = (text: string): readonly AccessLine[] =>
  text.split('\n').flatMap((line) => {
    const found = /^([^:]+):.* Processed request: .* (\d+)!? "[^"]*" "([^"]*)" \[\d+ dbevts\]$/.exec(line);
    const [, file, status, agent] = found ?? [];
    if (file === undefined || agent === undefined) return [];
    return [{ process: processOf(file), agent, status: Number(status) }];
  });
