const secondsOf: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90`, `10m`, `1h30m`. @returns undefined where it is none @see sshd_config(5), TIME FORMATS */
export const readTimeSpan = (text: string): number | undefined => {
  if (!/^(?:\d+[smhdw]?)+$/i.test(text)) return undefined;
  const parts = [...text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)];
  const total = parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (secondsOf[unit] ?? 0), 0);
  return total <= 2 ** 31 - 1 ? total : undefined;
};
