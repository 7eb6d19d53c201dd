import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/modules/ssh/fingerprint.ts';

/** Public keys, and what `ssh-keygen -l` of OpenSSH 9 says of them. */
const known: readonly (readonly [line: string, fingerprint: string])[] = [
  [
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCa9e6vHoVJML97gAUPpp/mVCvqiPkLH8MQBLm6cFPihTBlEad9TnIjk9HG0H9KMuMEOKMj9uxYnjRdS+28RYmuGwRdAU/ay0ipOaCq4R2nWCsN4zVDPncSThjBHd6HOq64O0Tt2mIUV8RI69Pnor1XnKcCOiRY0eQBC17HKd+OHmspBBWBQho5P9+aXAEi4XAllzDBF1HQD7IYKVxZI16XCOUObZAvd7hF5xKLOLCe0vlRViDfiJta8mTygtUWQmLl03zuTvB6IsUzFvY1TZ9YSy+i4ItC/j1XBrkvjiMXgKtkubUwu6Z+Y0r33A8Kv/fOy/S0v70mdipVs19/LDjf a b',
    '2048 SHA256:Vsd3ZBStrUjwgITTH2/ON8SeDD3oVnt6oXQREMpygcY a b (RSA)',
  ],
  [
    'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBDASnW3OMNIgh6ZOrP8jU9IC822xTCy+U5dPLpQB2kZ+Qp6oAsa7O+b2diipNpkYwQJbIu8MadQCN+A7VrK1JYDE2yGuN/D267/112LzkbSqiiEiRUcoiSm4nSCnO83+zA== a b',
    '384 SHA256:r/3DBXoLYlQArBSg1ueO6MNDaCfg0d1JUgXZ2neaVfw a b (ECDSA)',
  ],
  [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK4CxoPSH8ELDn5uFk2JaQfoADyIIZUfYyCd/r4nDEDc',
    '256 SHA256:xrOa/PaENGc8JNOZBebvBsb+kQhpSCaZX23qAq4CRmM /x/ed.pub (ED25519)',
  ],
];

describe('the fingerprint of a public key', () => {
  test.each(known)('%s', (line, fingerprint) => {
    expect(fingerprintOf(line, '/x/ed.pub')).toBe(fingerprint);
  });

  test('there is none of what is no key', () => {
    expect(fingerprintOf('-----BEGIN', '/x')).toBeUndefined();
  });
});
