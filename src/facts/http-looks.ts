import type { FactKey, Identity } from '../model/fact.ts';
import { type HttpRequest, plainRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { defineRequest } from '../shell/http-client.ts';
import { joinSh, rawSh, sh } from '../shell/sh.ts';
import { base64 } from '../util/base64.ts';
import { bytesOfBase64 } from '../util/bytes-of-base64.ts';
import { type HttpAnswer, parseHttpAnswer } from '../util/http-answer.ts';
import { sha256 } from '../util/sha256.ts';
import type { ChecksumAlgorithm } from './checksums.ts';
import { type ProbeFact, probe } from './probes.ts';

/** What is wanted of an answer's body: itself, or only its checksum. */
export type WantedBody = 'content' | ChecksumAlgorithm;

/** Of longer bodies only the beginning is brought here. */
export const longestBodyBytes = 4 * 1024 * 1024;

const readSeconds = 600;

/** Names a request: a plain one readably, another by a hash besides, since it may hold secrets. */
const nameOf = (request: HttpRequest, identity: Identity, when: Sh | undefined): string => {
  const { body } = request;
  const shown = { ...request, body: body !== undefined && 'bytes' in body ? base64(body.bytes) : body };
  const text = JSON.stringify([shown, identity, when?.sh]);
  const isPlain = text === JSON.stringify([plainRequest(request.url), identity, undefined]);
  return isPlain && identity.environment === undefined
    ? `${request.url} as ${identity.user ?? ''}`
    : sha256(text);
};

const filter = (wanted: WantedBody): Sh =>
  wanted === 'content'
    ? sh`{ head -c ${longestBodyBytes} | base64 -w 0; cat >/dev/null; }`
    : sh`${`${wanted}sum`}`;

/** Output: the body in base64, or what its checksum is, then `\036\036`, then what `request` wrote on descriptor 3. */
export const answerSh = (request: HttpRequest, wanted: WantedBody, download: boolean): Sh =>
  joinSh([
    defineRequest(request, download),
    sh`{ meta=$({ request | ${filter(wanted)} >&4; } 3>&1); } 4>&1
printf '\036\036%s' "$meta"`,
  ]);

/**
 * The fact "what the host is told at this address", the request being one that only looks. Every action of an earlier task
 * taints it.
 *
 * @param when  sh that says whether to ask at all: a request that is not needed is not made
 */
export const httpLook = (
  request: HttpRequest,
  wanted: WantedBody,
  identity: Identity,
  { download = false, when }: { readonly download?: boolean; readonly when?: Sh } = {},
): FactKey<ProbeFact> => {
  const ask = answerSh(request, wanted, download);
  return probe(
    `${request.method} ${wanted} ${nameOf(request, identity, when)}`,
    when === undefined ? ask : joinSh([sh`if ${when}; then`, ask, rawSh('fi')]),
    identity,
    readSeconds,
  );
};

/** An answer with what was wanted of its body. */
export interface HttpSeen {
  readonly answer: HttpAnswer;
  /** The body, or its checksum in hex. */
  readonly body: Uint8Array | string;
}

/** What `answerSh` printed; undefined where the request was not made. */
export const parseHttpLook = (output: string, wanted: WantedBody, url: string): HttpSeen | undefined => {
  const at = output.lastIndexOf('\u001e\u001e');
  if (at === -1) return undefined;
  const body = output.slice(0, at);
  return {
    answer: parseHttpAnswer(output.slice(at + 2), url),
    body: wanted === 'content' ? bytesOfBase64(body) : (body.split(/\s/)[0] ?? ''),
  };
};
