import type { Variables } from './located.ts';

/** A machine of the inventory. */
export interface Host {
  /** Name in the inventory: `matrix1`. */
  readonly name: string;
  /** Groups it is in, parents included, without `all`; weakest first. */
  readonly groups: readonly string[];
  /** Inventory variables, weakest first: all, parents, children, the host's own; group_vars/ and host_vars/ among them. */
  readonly variables: readonly Variables[];
}

/** What a task has added to the inventory: a host, or groups that a host is in. */
export interface Addition {
  readonly host: string;
  /** Groups that it is put in. */
  readonly groups: readonly string[];
  /** Groups that those are put in. */
  readonly parents: readonly string[];
  /** Of the host. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The name under which `group_by` and `add_host` set what they have added, among variables; no variable is called so. */
export const additionsName = '\0additions';

/** What an inventory says. */
export interface Inventory {
  /** The file, or the folder of several, as it was named. */
  readonly file: string;
  /** Where its `group_vars/` and `host_vars/` are. */
  readonly folder: string;
  readonly hosts: ReadonlyMap<string, Host>;
  /** The machine that runs syn-deploy, by those of its names that no host has. Not in `groups`. */
  readonly implicit: ReadonlyMap<string, Host>;
  /** Names of the hosts in a group, in order; has `all` and `ungrouped`. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Paths of `playbooks:`, resolved against the inventory's folder. */
  readonly playbooks: readonly string[];
  /** The same with what tasks have added: their groups have the variables of `group_vars/`, as if they had been written. */
  with(additions: readonly Addition[]): Inventory;
}
