import { randomBytes } from 'node:crypto';
import { machineCertificates } from './certificates.ts';
import type { HostOptions } from './host.ts';
import { HostContainer } from './host-container.ts';
import type { KeyPair } from './keys.ts';
import { ownerId, ownerLabel } from './reaper.ts';
import { shQuote } from './sh-quote.ts';

/** The label of every host's container; its value is the host's name. */
export const hostLabel = 'syn-deploy-test.host';

const hostKeyFile = '/etc/ssh/ssh_host_ed25519_key';

// The line before a certificate's last is the end of its signature: it tells whether the image knows it already.
const trustCertificates = `for c in /usr/local/share/ca-certificates/*.crt; do
  tail -n 2 "$c" | head -n 1 | grep -q -F -x -f - /etc/ssl/certs/ca-certificates.crt || {
    update-ca-certificates >/dev/null 2>&1
    break
  }
done`;

/** Describes the container of one host: what makes this one differ from the others of its image. */
export async function describeHost(
  image: string,
  name: string,
  keys: { login: KeyPair; hostKey: KeyPair },
  { sudoPassword, ports = [], keep = false, network }: HostOptions,
): Promise<HostContainer> {
  const certificates = await machineCertificates();
  const boot = ['chown -R admin: /home/admin'];
  if (sudoPassword !== undefined) boot.push(`echo ${shQuote(`admin:${sudoPassword}`)} | chpasswd`);
  if (certificates.length > 0) boot.push(trustCertificates);
  const container = new HostContainer(image, boot.join('\n'));
  if (network !== undefined) container.withAddedCapabilities('NET_ADMIN');
  container
    .withName(name)
    .withHostname(name)
    .withLabels({ [hostLabel]: name, ...(keep ? {} : { [ownerLabel]: ownerId }) })
    .withExposedPorts(22, ...ports)
    .withCopyContentToContainer([
      file(hostKeyFile, keys.hostKey.privateKey, 0o600),
      file(`${hostKeyFile}.pub`, keys.hostKey.publicKey, 0o644),
      file('/root/.ssh/authorized_keys', keys.login.publicKey, 0o600),
      file('/home/admin/.ssh/authorized_keys', keys.login.publicKey, 0o600),
      file(
        '/etc/sudoers.d/admin',
        `admin ALL=(ALL:ALL) ${sudoPassword === undefined ? 'NOPASSWD: ' : ''}ALL`,
        0o440,
      ),
      // With an identity it is not a first boot, on which systemd would turn on every unit that is installed.
      file('/etc/machine-id', randomBytes(16).toString('hex'), 0o444),
      ...certificates.map((ca) => file(`/usr/local/share/ca-certificates/${ca.name}`, ca.content, 0o644)),
    ]);
  return container;
}

function file(
  target: string,
  content: string,
  mode: number,
): { target: string; content: string; mode: number } {
  return { target, content: content.endsWith('\n') ? content : `${content}\n`, mode };
}
