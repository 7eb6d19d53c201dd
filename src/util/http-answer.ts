import { resolvedUrl } from './resolved-url.ts';

/** What a server said, without the body. */
export interface HttpAnswer {
  /** -1: there was no answer. */
  readonly status: number;
  /** `Not Found`; '' where the protocol has none. */
  readonly reason: string;
  /** Of the last answer, names in lower case; what came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of all answers, in order. */
  readonly cookies: Readonly<Record<string, string>>;
  /** The address in the end, after redirects. */
  readonly url: string;
  /** What the client complained of; ''. */
  readonly complaint: string;
}

interface Block {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const startLine = /^\s*HTTP\/[\d.]+ (\d{3})(?: (.*))?$/;

/** wget begins a complaint with the address, which looks like a header. */
const isAddress = /^\w+:\/\//;

/** Behind a record separator. */
const trailer = new RegExp(`${String.fromCharCode(0x1e)}(\\d{0,3}) \\d+ (.*)$`, 'm');

/** What wget says of a success. */
const chatter =
  /^(?:\d{4}-\d\d-\d\d \S+ URL:|FINISHED --|Total wall clock|Downloaded: |Authentication selected)/;

/** The header blocks, in order, and what is no header. wget sets them in by two blanks. */
const blocksOf = (text: string): { blocks: readonly Block[]; rest: readonly string[] } => {
  const blocks: { status: number; reason: string; headers: [string, string][] }[] = [];
  const rest: string[] = [];
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const start = startLine.exec(line);
    const header = /^ {0,2}([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (start !== null) {
      blocks.push({ status: Number(start[1]), reason: (start[2] ?? '').trim(), headers: [] });
      isInside = true;
    } else if (isInside && header !== null && !isAddress.test(line))
      blocks.at(-1)?.headers.push([header[1] ?? '', header[2] ?? '']);
    else {
      isInside = false;
      if (line.trim() !== '') rest.push(line);
    }
  }
  return { blocks, rest };
};

const joined = (headers: Block['headers']): Readonly<Record<string, string>> => {
  const result: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    result[key] = result[key] === undefined ? value : `${result[key]}, ${value}`;
  }
  return result;
};

const cookiesOf = (blocks: readonly Block[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    blocks
      .flatMap(({ headers }) => headers)
      .filter(([name]) => name.toLowerCase() === 'set-cookie')
      .flatMap(([, value]) => {
        const [, name, held = ''] = /^([^=;]+)=([^;]*)/.exec(value) ?? [];
        return name === undefined ? [] : [[name.trim(), held.trim()] as const];
      }),
  );

/** Where redirects led, for a client that does not say. */
const followed = (url: string, blocks: readonly Block[]): string =>
  blocks
    .slice(0, -1)
    .filter(({ status }) => status >= 300 && status < 400)
    .reduce((at, block) => resolvedUrl(joined(block.headers)['location'] ?? at, at), url);

/**
 * Reads what `request` (shell/http-client.ts) wrote on descriptor 3.
 *
 * @param url  the address that was asked
 */
export const parseHttpAnswer = (text: string, url: string): HttpAnswer => {
  const told = trailer.exec(text);
  const { blocks, rest } = blocksOf(told === null ? text : text.replace(told[0], ''));
  const last = blocks.findLast(({ status }) => status >= 200);
  const toldStatus = Number(told?.[1] ?? 0);
  return {
    status: toldStatus > 0 ? toldStatus : (last?.status ?? -1),
    reason: last?.reason ?? '',
    headers: joined(last?.headers ?? []),
    cookies: cookiesOf(blocks),
    url: toldStatus > 0 && told?.[2] ? told[2] : followed(url, blocks),
    complaint: rest
      .filter((line) => !chatter.test(line))
      .join('\n')
      .replace(/^curl: \(\d+\) /, ''),
  };
};
