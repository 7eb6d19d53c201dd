import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { sh } from '../shell/sh.ts';

/** One rule of ufw, as it stands in its files. */
export interface UfwRule {
  /** `allow`, `deny`, `reject`, `limit`; with `route:` before it for what is passed on, and `_log` or `_log-all` after it. */
  readonly action: string;
  readonly protocol: string;
  /** Ports and addresses: `any`, `22`, `80,443`; `0.0.0.0/0`. */
  readonly toPort: string;
  readonly to: string;
  readonly fromPort: string;
  readonly from: string;
  /** Application profiles, `-` for none. */
  readonly toApp: string;
  readonly fromApp: string;
  /** `in`, `out`, `in_eth0`, `in_eth0!out_eth1`. */
  readonly direction: string;
  /** Text, '' for none. */
  readonly comment: string;
}

/** The firewall as ufw has it. */
export interface UfwFact {
  /** It starts at boot, and its rules are in the kernel now. */
  readonly isEnabled: boolean;
  readonly isLoaded: boolean;
  /** `off`, `low`, `medium`, `high`, `full`. */
  readonly logging: string;
  /** ufw's words: `allow`, `deny`, `reject`, by `incoming`, `outgoing`, `routed`. */
  readonly policies: Readonly<Record<string, string>>;
  readonly hasIpv6: boolean;
  readonly ipv4: readonly UfwRule[];
  readonly ipv6: readonly UfwRule[];
  /** Ports of the services that were asked about: `tcp 22`. */
  readonly services: Readonly<Record<string, readonly string[]>>;
}

/** The fact "what ufw has". @param services  names of /etc/services whose ports are needed */
export const ufw = (services: readonly string[] = []): FactKey<UfwFact> => ({
  kind: 'ufw',
  id: 'ufw',
  input: services,
});

const servicesOf = (key: FactKey<UfwFact> | undefined): readonly string[] =>
  (key?.input ?? []) as readonly string[];

/**
 * Output, a line each: `= <NAME>=<value>` of its settings, `4 <tuple>` and `6 <tuple>` for the rules, `loaded`, and `s <name>
 * <port>/<protocol>` for services. Nothing where there is no ufw. Its own files are read, since `ufw status` is a Python of 150 ms.
 */
const script = ([key]: readonly FactKey<UfwFact>[]): Sh => sh`PATH=$PATH:/usr/sbin:/sbin
command -v ufw >/dev/null || exit 0
sed -n 's/^\([A-Z_0-9]*=.*\)/= \1/p' /etc/ufw/ufw.conf /etc/default/ufw
sed -n 's/^### tuple ### /4 /p' /etc/ufw/user.rules 2>/dev/null
sed -n 's/^### tuple ### /6 /p' /etc/ufw/user6.rules 2>/dev/null
if iptables -w -n -L ufw-user-input >/dev/null 2>&1; then echo loaded; fi
for s in ${servicesOf(key)}; do awk -v s="$s" '$1 == s { print "s " s " " $2 }' /etc/services; done`;

const fromHex = (hex: string): string =>
  new TextDecoder().decode(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));

const ruleOf = (tuple: string): UfwRule => {
  const [, fields = tuple, hex = ''] = /^(.*?)(?: comment=([0-9a-f]*))?$/.exec(tuple) ?? [];
  const words = fields.trim().split(' ');
  const [action = '', protocol = '', toPort = '', to = '', fromPort = '', from = ''] = words;
  const rest = words.slice(6);
  const [toApp, fromApp] = rest.length >= 3 ? rest : ['-', '-'];
  return {
    action,
    protocol,
    toPort,
    to,
    fromPort,
    from,
    toApp: (toApp ?? '-').replaceAll('%20', ' '),
    fromApp: (fromApp ?? '-').replaceAll('%20', ' '),
    direction: rest.at(-1) ?? 'in',
    comment: fromHex(hex),
  };
};

const policyWords: Readonly<Record<string, string>> = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' };

const parse = (output: string): ReadonlyMap<string, Observed<UfwFact>> => {
  if (output === '') return new Map([['ufw', 'absent']]);
  const settings = new Map<string, string>();
  const services: Record<string, string[]> = {};
  const rules: { readonly '4': UfwRule[]; readonly '6': UfwRule[] } = { 4: [], 6: [] };
  let isLoaded = false;
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [, name, value = '', version, tuple = '', service, port = ''] =
      /^(?:= ([A-Z_0-9]+)=(.*)|([46]) (.*)|s (\S+) (\S+)|loaded)$/.exec(text) ?? [];
    if (name !== undefined) settings.set(name, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
    else if (version === '4' || version === '6') rules[version].push(ruleOf(tuple));
    else if (service !== undefined) {
      const [number = '', protocol = ''] = port.split('/');
      services[service] = [...(services[service] ?? []), `${protocol} ${number}`];
    } else if (text === 'loaded') isLoaded = true;
    else throw new StrangeOutput(`unexpected line of ufw: ${JSON.stringify(text.slice(0, 200))}`);
  }
  const policy = (name: string): string =>
    policyWords[settings.get(`DEFAULT_${name}_POLICY`) ?? ''] ?? 'deny';
  return new Map([
    [
      'ufw',
      {
        isEnabled: settings.get('ENABLED') === 'yes',
        isLoaded,
        logging: settings.get('LOGLEVEL') ?? 'off',
        policies: {
          incoming: policy('INPUT'),
          outgoing: policy('OUTPUT'),
          routed: policy('FORWARD'),
        },
        hasIpv6: settings.get('IPV6') === 'yes',
        ipv4: rules[4],
        ipv6: rules[6],
        services,
      },
    ],
  ]);
};

/** A few small processes. */
export const ufws: FactKind<UfwFact> = {
  kind: 'ufw',
  script,
  parse,
  merge: (first, second) => ({
    ...first,
    input: [...new Set([...servicesOf(first), ...servicesOf(second)])].sort(),
  }),
  lasting: ({ services: _, ...fact }) => fact,
};
