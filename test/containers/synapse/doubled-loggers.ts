/**
 * Loggers that write each of their lines twice, as they do where a handler stands on the root and on them too.
 *
 * One line that stands twice is no sign of it: main opens two connections to Redis, and says the same of each, at times in
 * the same millisecond.
 *
 * @param lines  of one log: time, logger, line of code, level, request and message, with " - " between them
 */
export const doubledLoggers = (lines: readonly string[]): readonly string[] => {
  const byLogger = new Map<string, string[]>();
  for (const line of lines) {
    const [, logger] = /^\d{4}-\S+ \S+ - (\S+) - /.exec(line) ?? [];
    if (logger !== undefined) byLogger.set(logger, [...(byLogger.get(logger) ?? []), line]);
  }
  return [...byLogger].filter(([, own]) => isEachTwice(own)).map(([logger]) => logger);
};

const isEachTwice = (lines: readonly string[]): boolean =>
  [...new Set(lines)].every((line) => lines.filter((other) => other === line).length > 1);
