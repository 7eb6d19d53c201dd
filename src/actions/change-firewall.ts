import {
  type FirewallChainFact,
  firewallChain,
  firewallRule,
  type IpVersion,
  iptablesOf,
} from '../facts/firewall-rules.ts';
import type { Action } from '../model/action.ts';
import { absent, type FactEffect, type Taint } from '../model/fact.ts';
import { sh } from '../shell/sh.ts';

/** One chain of one table, of one version of IP. */
export interface ChainPlace {
  readonly version: IpVersion;
  readonly table: string;
  readonly chain: string;
  /** Seconds to wait for the lock; undefined: as long as it takes. */
  readonly wait: string | undefined;
}

interface Parts {
  readonly kind: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly predicts?: readonly FactEffect[];
  readonly taints?: readonly Taint[];
}

const action = ({ version, table, wait }: ChainPlace, parts: Parts): Action => {
  const { kind, summary, words, predicts = [], taints } = parts;
  return {
    kind,
    summary,
    changes: [{ summary }],
    sh: sh`PATH=$PATH:/usr/sbin:/sbin
${iptablesOf(version)} -w ${wait === undefined ? [] : [wait]} -t ${table} ${words}`,
    predicts,
    ...(taints && { taints }),
  };
};

const place = ({ version, table, chain }: ChainPlace): string =>
  `${iptablesOf(version)} ${table}${chain === '*' ? '' : ` ${chain}`}`;

const chainKey = ({ version, table, chain }: ChainPlace) => firewallChain(version, table, chain);

/** Puts a rule at the end of a chain, or at a number in it. @param rule  as `-C` asks for it. @param counters  only set, never asked for */
export const addFirewallRule = (
  at: ChainPlace,
  rule: readonly string[],
  position: 'append' | number | undefined,
  counters: readonly string[],
): Action =>
  action(at, {
    kind: 'add-firewall-rule',
    summary: `${position === 'append' ? 'append' : 'insert'} ${place(at)}: ${rule.join(' ')}`,
    words: [
      ...(position === 'append'
        ? ['-A', at.chain]
        : ['-I', at.chain, ...(position === undefined ? [] : [String(position)])]),
      ...counters,
      ...rule,
    ],
    predicts: [{ key: firewallRule(at.version, at.table, at.chain, rule), value: 'present' }],
    taints: [{ kind: 'firewall-chain' }],
  });

export const removeFirewallRule = (at: ChainPlace, rule: readonly string[]): Action =>
  action(at, {
    kind: 'remove-firewall-rule',
    summary: `delete ${place(at)}: ${rule.join(' ')}`,
    words: ['-D', at.chain, ...rule],
    predicts: [{ key: firewallRule(at.version, at.table, at.chain, rule), value: absent }],
    taints: [{ kind: 'firewall-chain' }],
  });

/** Removes all rules of a chain, or with `*` of a table. */
export const flushChain = (at: ChainPlace, before: FirewallChainFact): Action =>
  action(at, {
    kind: 'flush-firewall-chain',
    summary: `flush ${place(at)} (${before.rules} rules)`,
    words: ['-F', ...(at.chain === '*' ? [] : [at.chain])],
    predicts: [{ key: chainKey(at), value: { ...before, rules: 0 } }],
    taints: [{ kind: 'firewall-rule' }, { kind: 'firewall-chain' }],
  });

export const setChainPolicy = (at: ChainPlace, policy: string, before: FirewallChainFact): Action =>
  action(at, {
    kind: 'set-firewall-policy',
    summary: `policy of ${place(at)} ${before.policy} -> ${policy}`,
    words: ['-P', at.chain, policy],
    predicts: [{ key: chainKey(at), value: { ...before, policy } }],
  });

export const makeChain = (at: ChainPlace): Action =>
  action(at, {
    kind: 'make-firewall-chain',
    summary: `create chain ${place(at)}`,
    words: ['-N', at.chain],
    predicts: [{ key: chainKey(at), value: { policy: '', rules: 0 } }],
  });

export const removeChain = (at: ChainPlace): Action =>
  action(at, {
    kind: 'remove-firewall-chain',
    summary: `remove chain ${place(at)}`,
    words: ['-X', at.chain],
    predicts: [{ key: chainKey(at), value: absent }],
  });
