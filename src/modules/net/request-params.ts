import { z } from 'zod';
import { type HttpRequest, plainRequest } from '../../model/http-request.ts';
import { boolean } from '../params/boolean.ts';
import { integer } from '../params/integer.ts';
import { path } from '../params/path.ts';
import { refusedUnlessFalse } from '../params/refused.ts';
import { text } from '../params/text.ts';
import { textList } from '../params/text-list.ts';

const headerValue = z.union(
  [text(), z.boolean().transform((value) => (value ? 'True' : 'False')), z.null().transform(() => '')],
  { error: 'expected a text' },
);

/** Parameters of every module that makes a request. */
export const requestParams = {
  headers: z
    .record(
      z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected the name of a header' }),
      headerValue,
      {
        error: 'expected a mapping of headers',
      },
    )
    .default({})
    .describe('Headers of the request. Never shown, and in no argument list.'),
  url_username: text().optional().describe('User name for the server.'),
  url_password: text().optional().describe('Password for the server. Never shown, and in no argument list.'),
  force_basic_auth: boolean()
    .default(false)
    .describe('Send name and password at once, and not only when they are asked for (401).'),
  validate_certs: boolean().default(true).describe("Check the server's certificate."),
  client_cert: path().optional().describe('PEM file on the host: certificate to show.'),
  client_key: path()
    .optional()
    .describe('PEM file on the host: its key, where client_cert does not hold it.'),
  ciphers: textList().optional().describe("Ciphers in OpenSSL's words, joined by colons."),
  http_agent: text().default('ansible-httpget').describe('What the host calls itself.'),
  use_proxy: boolean()
    .default(true)
    .describe('False: without a proxy, even where the environment names one.'),
  use_netrc: boolean().default(true).describe('Take name and password from ~/.netrc.'),
  decompress: boolean().default(true).describe('Unpack what the server packs for the way.'),
  unredirected_headers: textList()
    .default([])
    .describe(
      'Accepted: Authorization and Cookie are never sent on to another host; other headers follow a redirect.',
    ),
  use_gssapi: refusedUnlessFalse('Kerberos is not known here; use command with curl --negotiate'),
};

type RequestParams = z.infer<z.ZodObject<typeof requestParams>> & {
  readonly url: string;
  readonly timeout: number;
};

/** Seconds; @param usual  Ansible's default of the module */
export const timeoutParam = (usual: number) =>
  integer()
    .refine((seconds) => seconds > 0, { error: 'expected seconds, 1 or more' })
    .default(usual)
    .describe('Seconds until the connection must stand, and that the server may be silent.');

/** An address that a client of the host understands. */
export const address = (schemes: RegExp, examples: string) =>
  text().refine((url) => schemes.test(url) && !/[\s\0]/.test(url), {
    error: `expected an address: ${examples}`,
  });

/** The request as the parameters say. */
export const requestOf = (p: RequestParams): HttpRequest => ({
  ...plainRequest(p.url),
  headers: p.headers,
  agent: p.http_agent,
  username: p.url_username,
  password: p.url_password,
  forceBasicAuth: p.force_basic_auth,
  timeoutSeconds: p.timeout,
  validateCerts: p.validate_certs,
  clientCert: p.client_cert,
  clientKey: p.client_key,
  ciphers: p.ciphers ?? [],
  useProxy: p.use_proxy,
  useNetrc: p.use_netrc,
  decompress: p.decompress,
});

/** An address as people see it: without a password. */
export const shownAddress = (url: string): string => url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');

/** The name of the file at an address. */
export const nameInAddress = (url: string): string => {
  const [, path_ = ''] = /^\w+:\/\/[^/?#]*([^?#]*)/.exec(url) ?? [];
  return path_.split('/').at(-1) || 'index.html';
};
