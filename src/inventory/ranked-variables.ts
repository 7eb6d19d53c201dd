import type { Variables } from '../model/located.ts';

/**
 * Where variables of the inventory come from, weakest first.
 * @see https://docs.ansible.com/ansible/latest/reference_appendices/config.html VARIABLE_PRECEDENCE
 */
export const ranks = [
  'all',
  'groups',
  'inventory group_vars/all',
  'playbook group_vars/all',
  'inventory group_vars',
  'playbook group_vars',
  'host',
  'inventory host_vars',
  'playbook host_vars',
] as const;

export type Rank = (typeof ranks)[number];

export interface RankedVariables extends Variables {
  readonly rank: Rank;
}

export const ranked = (rank: Rank, variables: Variables): RankedVariables => ({ ...variables, rank });

const rankOf = (variables: Variables): number =>
  'rank' in variables ? ranks.indexOf(variables.rank as Rank) : ranks.length;

/** Weakest first; those of one rank keep their order. */
export const sortByRank = (layers: readonly Variables[]): readonly Variables[] =>
  layers.toSorted((a, b) => rankOf(a) - rankOf(b));
