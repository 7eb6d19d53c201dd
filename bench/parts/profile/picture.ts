/** One bar, its parts from left to right. */
export interface Row {
  readonly label: string;
  readonly parts: readonly { readonly kind: 'work' | 'wait' | 'host'; readonly ms: number }[];
}

export interface Chart {
  readonly title: string;
  readonly rows: readonly Row[];
}

const [labelWidth, barWidth, numberWidth] = [230, 420, 70];
const [rowHeight, barHeight, titleHeight] = [24, 16, 34];

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const totalOf = ({ parts }: Row): number => parts.reduce((sum, { ms }) => sum + ms, 0);

const renderRow = (row: Row, top: number, msPerPixel: number): string => {
  let left = labelWidth;
  const bars = row.parts.map(({ kind, ms }) => {
    const width = ms / msPerPixel;
    const bar = `<rect class="${kind}" x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${barHeight}"/>`;
    left += width;
    return bar;
  });
  const middle = top + barHeight - 4;
  return [
    `<text x="${labelWidth - 8}" y="${middle}" text-anchor="end">${escapeText(row.label)}</text>`,
    ...bars,
    `<text x="${(left + 6).toFixed(1)}" y="${middle}">${Math.round(totalOf(row))} ms</text>`,
  ].join('\n');
};

/** Bars below one another, all charts on one scale. Readable on a light and on a dark page. @returns a whole SVG file */
export const renderPicture = (title: string, charts: readonly Chart[]): string => {
  const largest = Math.max(1, ...charts.flatMap(({ rows }) => rows.map(totalOf)));
  const msPerPixel = largest / barWidth;
  let top = 0;
  const drawn = charts.flatMap((chart) => {
    const heading = `<text class="title" x="8" y="${top + 22}">${escapeText(chart.title)}</text>`;
    top += titleHeight;
    const rows = chart.rows.map((row, index) => renderRow(row, top + index * rowHeight, msPerPixel));
    top += chart.rows.length * rowHeight + 8;
    return [heading, ...rows];
  });
  const width = labelWidth + barWidth + numberWidth;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img">
<title>${escapeText(title)}</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #333 }
.title { font-weight: bold }
.work { fill: #2f6f9f } .wait { fill: #b9d3e6 } .host { fill: #c98a2b }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .work { fill: #5aa2d6 } .wait { fill: #35556d } .host { fill: #dba24a } }
</style>
${drawn.join('\n')}
</svg>
`;
};
