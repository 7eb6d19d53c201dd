/** A figure with about three digits. */
export const round = (value: number): string => {
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
};

/** `2.05 ×` */
export const times = (value: number): string => `${round(value)} ×`;

/** A Markdown table; cells are text. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** `1 host`, `4 hosts`, `1,000 hosts` */
export const hostCount = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'host' : 'hosts'}`;

/** `no delay`, `200 ms` */
export const roundTrip = (rttMs: number): string => (rttMs === 0 ? 'no delay' : `${rttMs} ms`);
