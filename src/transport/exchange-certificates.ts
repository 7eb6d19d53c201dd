import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import { certificateSuffix, parseHostCertificate } from './host-certificate.ts';

/** An algorithm of certificates of host keys. */
export type CertificateAlgorithm = `${ServerHostKeyAlgorithm}${typeof certificateSuffix}`;
export type HostKeyAlgorithm = ServerHostKeyAlgorithm | CertificateAlgorithm;

/** A list of names, as ssh2 has it. */
interface Names {
  readonly array: readonly string[];
}

interface NamesOneWay {
  readonly cipher: Names;
  readonly mac: Names;
  readonly compress: Names;
  readonly lang: Names;
}

/** What ssh2 offers in a key exchange. */
interface Offer {
  readonly lists: {
    readonly kex: Names;
    readonly serverHostKey: Names;
    readonly cs: NamesOneWay;
    readonly sc: NamesOneWay;
  };
}

/** One key exchange. */
export interface KeyExchange {
  readonly negotiated: { serverHostKey: string };
  /** What the host has shown: K_S of the exchange hash. */
  _hostKey: Buffer;
  /** Of the exchange itself. */
  getPublicKey(): Buffer;
  /** Computes the exchange hash, and verifies the host's signature of it. */
  finish(...rest: unknown[]): unknown;
}

/** The insides of ssh2 1.17 that certificates of hosts need; those of its server are the same. */
export interface Protocol {
  _offer: Offer;
  _kex: KeyExchange | undefined;
}

export const isPlain = (algorithm: HostKeyAlgorithm): algorithm is ServerHostKeyAlgorithm =>
  !algorithm.endsWith(certificateSuffix);

/** Offers algorithms of host keys that ssh2's own list does not have. */
export const offerHostKeys = (protocol: Protocol, algorithms: readonly string[]): void => {
  const { lists } = protocol._offer;
  const oneWay = ({ cipher, mac, compress, lang }: NamesOneWay): object => ({
    cipher: cipher.array,
    mac: mac.array,
    compress: compress.array,
    lang: lang.array,
  });
  const KexInit = protocol._offer.constructor as new (lists: object) => Offer;
  const [cs, sc] = [oneWay(lists.cs), oneWay(lists.sc)];
  protocol._offer = new KexInit({ kex: lists.kex.array, serverHostKey: algorithms, cs, sc });
};

/** Does something to each key exchange, the first and later ones, before its first message goes out. */
export const onKeyExchange = (protocol: Protocol, change: (exchange: KeyExchange) => void): void => {
  let current = protocol._kex;
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set: (exchange: KeyExchange | undefined) => {
      current = exchange;
      if (exchange !== undefined) change(exchange);
    },
  });
};

/**
 * Has an exchange in which a certificate is agreed on come to its end. Nothing is verified here: the certificate is by who
 * accepts the host's key, which has happened when `finish` is called, and the signature by ssh2, with the certified key.
 *
 * Were ssh2 to do its steps in another order, the hash or the key would be the wrong one, and the host refused.
 */
const finishWithCertificate = (exchange: KeyExchange): void => {
  const { negotiated } = exchange;
  const algorithm = negotiated.serverHostKey;
  if (!algorithm.endsWith(certificateSuffix)) return;
  const plain = algorithm.slice(0, -certificateSuffix.length);
  const { finish, getPublicKey } = exchange;
  // ssh2 wants it to be the type of what is shown, which for RSA is another name than the algorithm's,
  if (plain.startsWith('rsa-')) negotiated.serverHostKey = `ssh-rsa${certificateSuffix}`;
  exchange.finish = (...rest) => {
    // and then to be what the signature is called: as that of the plain key.
    negotiated.serverHostKey = plain;
    exchange.getPublicKey = () => {
      // ssh2 asks for it to put it into the hash behind the certificate, which is done with then: what follows needs the key.
      exchange._hostKey = parseHostCertificate(exchange._hostKey)?.key ?? Buffer.alloc(0);
      exchange.getPublicKey = getPublicKey;
      return exchange.getPublicKey();
    };
    return finish.apply(exchange, rest);
  };
};

/**
 * Lets a host prove itself by a certificate of its key, which ssh2 does not know: it refuses to offer the algorithms, takes their
 * names for those of the signatures, and finds no key in a certificate. To be called before the host has said anything.
 *
 * @param algorithms  what is offered instead of what ssh2 was told to
 * @see OpenSSH, PROTOCOL.certkeys
 */
export const takeCertificates = (client: Client, algorithms: readonly HostKeyAlgorithm[]): void => {
  const { _protocol: protocol } = client as unknown as { readonly _protocol: Protocol };
  offerHostKeys(protocol, algorithms);
  onKeyExchange(protocol, finishWithCertificate);
};
