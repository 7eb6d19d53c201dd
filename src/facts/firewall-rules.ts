import type { FactKey, FactKind, Observed } from '../model/fact.ts';
import { FactFailure, StrangeOutput } from '../model/fact.ts';
import type { Sh } from '../model/sh.ts';
import { joinSh, sh } from '../shell/sh.ts';

/** Which program speaks of the rules: iptables or ip6tables. */
export type IpVersion = 'ipv4' | 'ipv6';

export const iptablesOf = (version: IpVersion): string => (version === 'ipv4' ? 'iptables' : 'ip6tables');

interface Input {
  readonly version: IpVersion;
  readonly table: string;
  readonly chain: string;
  readonly rule: readonly string[];
}

/** The fact "this rule is in the chain", by `iptables -C`. Absent: it is not, or there is no such chain or no iptables. */
export const firewallRule = (
  version: IpVersion,
  table: string,
  chain: string,
  rule: readonly string[],
): FactKey<'present'> => ({
  kind: 'firewall-rule',
  id: `${version} ${table} ${chain}/${JSON.stringify(rule)}`,
  input: { version, table, chain, rule } satisfies Input,
});

const inputOf = (key: FactKey): Input => key.input as Input;

/** What iptables says of a rule or chain that is not there; anything else is a mistake in the rule, or no right to look. */
const missing = sh`case $e in
    *'does a matching rule exist'* | *'No chain/target/match by that name'* | *'Bad rule'* | *'does not exist'* | *'incompatible, use'*) ;;
    *) printf '%s failed %s\n' "$i" "$(printf %s "$e" | tr '\n' ' ')" ;;
  esac`;

/** Output, a line a rule: `<index> present`, `<index> failed <text>`, nothing for one that is not there. */
const scriptOfRules = (keys: readonly FactKey<'present'>[]): Sh =>
  joinSh([
    sh`PATH=$PATH:/usr/sbin:/sbin
look() {
  i=$1; shift
  command -v "$1" >/dev/null || return 0
  if e=$("$@" 2>&1); then echo "$i present"; return; fi
  ${missing}
}`,
    ...keys.map((key, index) => {
      const { version, table, chain, rule } = inputOf(key);
      return sh`look ${index} ${iptablesOf(version)} -w -t ${table} -C ${chain} ${rule}`;
    }),
  ]);

const parseRules = (
  output: string,
  keys: readonly FactKey<'present'>[],
): ReadonlyMap<string, Observed<'present'>> => {
  const values = new Map<string, Observed<'present'>>(keys.map(({ id }) => [id, 'absent']));
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const match = /^(\d+) (?:present|failed (.*))$/.exec(text);
    const key = keys[Number(match?.[1])];
    if (match === null || key === undefined)
      throw new StrangeOutput(`unexpected line among the rules: ${JSON.stringify(text.slice(0, 200))}`);
    values.set(
      key.id,
      match[1] !== undefined && match[2] !== undefined ? new FactFailure(match[2].trim()) : 'present',
    );
  }
  return values;
};

/** One `iptables -C` a rule. */
export const firewallRules: FactKind<'present'> = {
  kind: 'firewall-rule',
  script: scriptOfRules,
  parse: parseRules,
};

/** A chain of a table, or with `*` all chains of it together. */
export interface FirewallChainFact {
  /** Of a chain that the kernel has itself: `ACCEPT`, `DROP`; '' for others. */
  readonly policy: string;
  /** How many rules are in it. */
  readonly rules: number;
}

/** The fact "what is known of this chain". @param chain  or `*` for the whole table */
export const firewallChain = (
  version: IpVersion,
  table: string,
  chain: string,
): FactKey<FirewallChainFact> => ({
  kind: 'firewall-chain',
  id: `${version} ${table} ${chain}`,
  input: { version, table, chain, rule: [] } satisfies Input,
});

/** Output for each chain that is there: `@ <index>`, then the lines of `iptables -S`; or `! <index> <text>`. */
const scriptOfChains = (keys: readonly FactKey<FirewallChainFact>[]): Sh =>
  joinSh([
    sh`PATH=$PATH:/usr/sbin:/sbin
look() {
  i=$1; shift
  command -v "$1" >/dev/null || return 0
  if e=$("$@" 2>&1); then printf '@ %s\n%s\n' "$i" "$e"; return; fi
  case $e in
    *'No chain/target/match by that name'* | *'does not exist'* | *'incompatible, use'*) ;;
    *) printf '! %s %s\n' "$i" "$(printf %s "$e" | tr '\n' ' ')" ;;
  esac
}`,
    ...keys.map((key, index) => {
      const { version, table, chain } = inputOf(key);
      return sh`look ${index} ${iptablesOf(version)} -w -t ${table} -S ${chain === '*' ? [] : [chain]}`;
    }),
  ]);

const parseChains = (
  output: string,
  keys: readonly FactKey<FirewallChainFact>[],
): ReadonlyMap<string, Observed<FirewallChainFact>> => {
  const values = new Map<string, Observed<FirewallChainFact>>(keys.map(({ id }) => [id, 'absent']));
  let current: string | undefined;
  for (const text of output.split('\n').filter((line) => line !== '')) {
    const [, mark, index, failure] = /^([@!]) (\d+)(?: (.*))?$/.exec(text) ?? [];
    if (mark !== undefined) {
      current = keys[Number(index)]?.id ?? '';
      values.set(current, mark === '!' ? new FactFailure(failure ?? '') : { policy: '', rules: 0 });
      continue;
    }
    const fact = values.get(current ?? '') as FirewallChainFact | undefined;
    if (current === undefined || fact === undefined || !/^(?:#|-[PNA] )/.test(text))
      throw new StrangeOutput(`unexpected line among the chains: ${JSON.stringify(text.slice(0, 200))}`);
    const [, policy] = /^-P \S+ (\S+)/.exec(text) ?? [];
    if (policy !== undefined) values.set(current, { ...fact, policy });
    if (text.startsWith('-A ')) values.set(current, { ...fact, rules: fact.rules + 1 });
  }
  return values;
};

/** One `iptables -S` a chain. */
export const firewallChains: FactKind<FirewallChainFact> = {
  kind: 'firewall-chain',
  script: scriptOfChains,
  parse: parseChains,
};
