import type { FactKey, Identity } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';
import { type ProbeFact, probe } from './probes.ts';

/** Seconds, after which a server that does not answer is given up. */
const patience = 30;

/**
 * The fact "what this address answers", by curl or wget, whichever the host has.
 *
 * @param anyCertificate  do not look who answers
 */
export const download = (url: string, anyCertificate: boolean, identity: Identity): FactKey<ProbeFact> =>
  probe(
    `download ${url} ${anyCertificate} as ${identity.user ?? ''}`,
    sh`if command -v curl >/dev/null; then exec curl -fsSL -m ${patience} ${anyCertificate ? ['-k'] : []} -- ${url}; fi
if command -v wget >/dev/null; then exec wget -q -T ${patience} -O - ${anyCertificate ? ['--no-check-certificate'] : []} -- ${url}; fi
echo 'neither curl nor wget is on the host' >&2
exit 127`,
    identity,
  );
