import type { HttpBody, HttpRequest } from '../model/http-request.ts';
import type { Sh } from '../model/sh.ts';
import { base64 } from '../util/base64.ts';
import { utf8Text } from '../util/utf8-text.ts';
import { sh } from './sh.ts';

const mostRedirects = 10;

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' };

/** A value in a file of curl's options. */
const quoted = (value: string): string =>
  `"${value.replaceAll(/[\\"]/g, '\\$&').replaceAll(/[\n\r\t\v]/g, (char) => escapes[char] ?? char)}"`;

/** Without a value curl leaves a header out; a semicolon sends it empty. */
const headerLine = ([name, value]: readonly [string, string]): string =>
  value === '' ? `${name};` : `${name}: ${value}`;

type Option = readonly [name: string, value?: string];

const when = (condition: boolean, ...options: readonly Option[]): readonly Option[] =>
  condition ? options : [];

const given = (name: string, value: string | undefined): readonly Option[] =>
  value === undefined ? [] : [[name, value]];

const credentials = ({ username, password = '' }: HttpRequest): string | undefined =>
  username === undefined ? undefined : `${username}:${password}`;

/** Where the body is read from. @param kept  where one stands that is no file of the host */
const bodySource = (body: HttpBody, kept: string): string => ('path' in body ? body.path : kept);

const methodOptions = ({ method, body }: HttpRequest): readonly Option[] => {
  if (method === 'HEAD') return [['head'], ['output', '/dev/null']];
  // A method that is named stays the same after a redirect; POST with a body becomes GET, as it should.
  const isUsual = method === (body === undefined ? 'GET' : 'POST');
  return when(!isUsual, ['request', method]);
};

const curlOptions = (request: HttpRequest): readonly Option[] => [
  ['url', request.url],
  ['globoff'],
  ['user-agent', request.agent],
  ...methodOptions(request),
  ...Object.entries(request.headers).map((header): Option => ['header', headerLine(header)]),
  // Servers that do not know "100 Continue" would be waited for.
  ...when(request.body !== undefined, ['header', 'Expect:']),
  ...given('data-binary', request.body && `@${bodySource(request.body, '/dev/fd/5')}`),
  ...given('user', credentials(request)),
  ...when(request.username !== undefined, [request.forceBasicAuth ? 'basic' : 'anyauth']),
  ...when(request.followRedirects, ['location'], ['max-redirs', String(mostRedirects)]),
  ['connect-timeout', String(request.timeoutSeconds)],
  ['speed-limit', '1'],
  ['speed-time', String(request.timeoutSeconds)],
  ...when(!request.validateCerts, ['insecure']),
  ...given('cacert', request.caPath),
  ...given('cert', request.clientCert),
  ...given('key', request.clientKey),
  ...when(request.ciphers.length > 0, ['ciphers', request.ciphers.join(':')]),
  ...given('unix-socket', request.unixSocket),
  ...when(!request.useProxy, ['noproxy', '*']),
  ...when(request.useNetrc, ['netrc-optional']),
  ...when(request.decompress, ['compressed']),
];

const curlConfig = (request: HttpRequest): string =>
  curlOptions(request)
    .map(([name, value]) => (value === undefined ? `${name}\n` : `${name} = ${quoted(value)}\n`))
    .join('');

/** The lines of a wgetrc. A value is all that is left of its line, so none may hold a line's end. */
const wgetOptions = (request: HttpRequest): readonly Option[] => [
  ['method', request.method],
  ['user_agent', request.agent],
  ...Object.entries(request.headers).map(([name, value]): Option => ['header', `${name}: ${value}`]),
  ...given('body_file', request.body && bodySource(request.body, 'body')),
  ...given('user', request.username),
  ...given('password', request.password),
  ...when(request.forceBasicAuth, ['auth_no_challenge', 'on']),
  ['max_redirect', request.followRedirects ? String(mostRedirects) : '0'],
  ['timeout', String(request.timeoutSeconds)],
  ['tries', '1'],
  ['content_on_error', 'on'],
  ...when(!request.validateCerts, ['check_certificate', 'off']),
  ...given('ca_certificate', request.caPath),
  ...given('certificate', request.clientCert),
  ...given('private_key', request.clientKey),
  ...when(request.ciphers.length > 0, ['ciphers', request.ciphers.join(':')]),
  ...when(!request.useProxy, ['use_proxy', 'off']),
  ...when(!request.useNetrc, ['netrc', 'off']),
];

const wgetConfig = (request: HttpRequest): string =>
  wgetOptions(request)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');

/** What wget cannot do, in words; undefined: it can do all that is asked. */
const wgetLacks = (request: HttpRequest): string | undefined => {
  if (request.unixSocket !== undefined) return 'unix_socket';
  if ([...Object.values(request.headers), request.password ?? ''].some((value) => /[\r\n]/.test(value)))
    return 'values of more than one line';
  return /^https?:/i.test(request.url) ? undefined : `the protocol of ${request.url.split(':')[0]}:`;
};

/** What apt's own downloader cannot do. */
const aptHelperLacks = (request: HttpRequest): string | undefined => {
  if (request.username !== undefined || /:\/\/[^/]*@/.test(request.url)) return 'a user name or password';
  if (request.method !== 'GET' || request.body !== undefined) return `${request.method} requests`;
  if (Object.keys(request.headers).length > 0) return 'headers';
  if (request.caPath !== undefined || request.clientCert !== undefined) return 'certificates of its own';
  return wgetLacks(request);
};

const printBody = (bytes: Uint8Array): Sh => {
  const text = utf8Text(bytes);
  return text === undefined ? sh`printf %s ${base64(bytes)} | base64 -d` : sh`printf %s ${text}`;
};

const refuse = (message: string): Sh => sh`printf '%s\n' ${message} >&2
    return 90`;

/** The body comes by descriptor 5, a pipe. */
const curlSh = (request: HttpRequest): Sh => {
  const { body } = request;
  const client = sh`printf %s ${curlConfig(request)} | curl -q -s -S -K - -D /dev/fd/3 -w ${'%{stderr}\u001e%{http_code} %{num_redirects} %{url_effective}\n'}`;
  if (body === undefined || 'path' in body) return client;
  return sh`${printBody(body.bytes)} | { ${client}
    } 5<&0`;
};

/** Into a file beside wget's options. */
const keepBody = (body: HttpBody | undefined): Sh =>
  body === undefined || 'path' in body ? sh`:` : sh`${printBody(body.bytes)} >"$folder/body"`;

/** wget reads its options and a body from real files only: in a folder that nobody else may enter, gone before the answer is. */
const wgetSh = (request: HttpRequest): Sh =>
  sh`folder=$(mktemp -d) && printf %s ${wgetConfig(request)} >"$folder/options" && {
    ${keepBody(request.body)}
    printf '%s\n' ${request.url} | ( cd -- "$folder" && exec wget --config=options -nv -S -O - -i - ) 2>"$folder/said"
    status=$?
    cat -- "$folder/said" >&3
    printf '\036%s 0 \n' "$(sed -n 's/^ *HTTP\/[0-9.]* \([0-9]*\).*/\1/p' "$folder/said" | tail -n 1)" >&3
    rm -r -f -- "$folder"
    [ "$status" = 0 ]
    }`;

/** Without its sandbox: that account could not write into the folder. */
const aptHelperSh = (request: HttpRequest): Sh =>
  sh`folder=$(mktemp -d) && {
    /usr/lib/apt/apt-helper -q -o ${`Acquire::http::Timeout=${request.timeoutSeconds}`} -o ${`Acquire::https::Verify-Peer=${request.validateCerts}`} -o ${`Acquire::https::Verify-Host=${request.validateCerts}`} -o ${`Acquire::http::AllowRedirect=${request.followRedirects}`} -o Acquire::Retries=0 -o APT::Sandbox::User=root download-file ${request.url} "$folder/got" >&2
    status=$?
    if [ -f "$folder/got" ]; then cat -- "$folder/got"; fi
    rm -r -f -- "$folder"
    [ "$status" != 0 ] || printf '\036200 0 %s\n' ${request.url} >&3
    [ "$status" = 0 ]
    }`;

/** Only for plain downloads: what it says of the answer is whether there was one. */
const aptHelper = (request: HttpRequest): Sh => {
  const lacks = aptHelperLacks(request);
  if (lacks !== undefined)
    return refuse(
      `neither curl nor wget is on this host, and apt's downloader knows no ${lacks}: install curl before`,
    );
  return sh`if [ -x /usr/lib/apt/apt-helper ]; then
    ${aptHelperSh(request)}
  else
    ${refuse('neither curl nor wget is on this host: install curl before')}
  fi`;
};

/** A file of the host is read without a client. */
const localPath = (url: string): string | undefined => {
  const match = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(url);
  return match?.[1] === undefined ? undefined : decodeURIComponent(match[1]);
};

/**
 * Defines the sh function `request`: the answer's body on standard output; on descriptor 3 the headers, block after block
 * (those of redirects too), then whatever the client complains of, then `\036<status> <redirects> <address in the end>`, the
 * address missing where a client cannot tell (wget). Its status is the client's; 90: there is no client that can do this.
 *
 * Nothing of the request stands in an argument list: curl and wget read their options from pipes. With apt's downloader
 * the address does, so it takes none with a password.
 *
 * @param download  it is enough to fetch the body: apt's downloader will do
 */
export const defineRequest = (request: HttpRequest, download: boolean): Sh => {
  const path = localPath(request.url);
  if (path !== undefined)
    return sh`request() { cat -- ${path} 2>&3 && printf '\036200 0 %s\n' ${request.url} >&3; }`;
  const lacks = wgetLacks(request);
  const wget =
    lacks === undefined
      ? wgetSh(request)
      : refuse(`curl is not on this host, and wget cannot do this (${lacks}): install curl before`);
  return sh`request() {
  if command -v curl >/dev/null 2>&1; then
    ${curlSh(request)}
  elif command -v wget >/dev/null 2>&1; then
    ${wget}
  else
    ${download ? aptHelper(request) : refuse('neither curl nor wget is on this host: install curl before')}
  fi 2>&3
}`;
};
