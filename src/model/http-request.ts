/** What is sent along with a request. */
export type HttpBody = { readonly bytes: Uint8Array } | { readonly path: string };

/** A request that the host makes. */
export interface HttpRequest {
  readonly url: string;
  /** In capitals. */
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Send them without being asked (401) first. */
  readonly forceBasicAuth: boolean;
  readonly body?: HttpBody | undefined;
  /** Until the connection stands, and for every silence after that. */
  readonly timeoutSeconds: number;
  readonly validateCerts: boolean;
  /** PEM files on the host. */
  readonly caPath?: string | undefined;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  /** OpenSSL's words. */
  readonly ciphers: readonly string[];
  readonly unixSocket?: string | undefined;
  readonly useProxy: boolean;
  readonly useNetrc: boolean;
  /** Unpack what the server has packed for the way. */
  readonly decompress: boolean;
  readonly followRedirects: boolean;
}

/** A plain GET. */
export const plainRequest = (url: string): HttpRequest => ({
  url,
  method: 'GET',
  headers: {},
  agent: 'ansible-httpget',
  forceBasicAuth: false,
  timeoutSeconds: 10,
  validateCerts: true,
  ciphers: [],
  useProxy: true,
  useNetrc: true,
  decompress: true,
  followRedirects: true,
});
