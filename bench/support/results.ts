/** Shapes of what bench/results/PART.json holds. */
import type { Run } from './measure.ts';

/** When, on what and with what figures were taken; no paths, no names. */
export interface Taken {
  /** UTC, such as `2025-11-24 15:43`. */
  readonly at: string;
  /** In a sentence. */
  readonly machine: string;
  /** Such as `pyinfra 3.10.0`. */
  readonly versions: readonly string[];
}

/** What is asked of the tools; see `cases` in bench/parts/peers/matrix.ts. */
export type CaseName = 'converged' | 'check' | 'changed' | 'first';

/** Ways to do the work; see `toolTitles` in bench/parts/peers/matrix.ts. */
export type ToolName =
  | 'floor'
  | 'syn-deploy'
  | 'bundlewrap'
  | 'pyinfra'
  | 'mitogen'
  | 'pipelining'
  | 'ansible';

/** What is measured side by side, in one run on the same hosts. */
export interface Cell {
  readonly case: CaseName;
  readonly hosts: number;
  readonly rttMs: number;
}

/** A cell, and the runs of the tools that took part in it. */
export interface PeersGroup extends Cell {
  readonly taken: Taken;
  readonly tools: readonly { readonly tool: ToolName; readonly runs: readonly Run[] }[];
}

export interface PeersResult {
  /** Each cell once, in no order. */
  readonly groups: readonly PeersGroup[];
}

export interface StartResult {
  readonly taken: Taken;
  /** `node -e 0`, in turn with `version`. */
  readonly node: readonly Run[];
  /** `syn-deploy --version`. */
  readonly version: readonly Run[];
  /** `syn-deploy validate` of the flagship with `hosts` hosts. */
  readonly validate: readonly Run[];
  readonly hosts: number;
}

/** Medians of one number of simulated hosts. */
export interface ScaleRow {
  readonly hosts: number;
  readonly forks: number;
  readonly wallS: number;
  /** User and system time of syn-deploy's process, all its threads; not of the simulated hosts. */
  readonly cpuS: number;
  readonly peakMb: number;
}

/** Medians of converged applies to simulated hosts. */
export interface ScaleResult {
  /** What the simulated hosts repeat, for people. */
  readonly recordedFrom: string;
  readonly rows: readonly ScaleRow[];
}

/** One stretch of a run. */
export interface Stage {
  readonly name: string;
  /** Milliseconds of work in this process. */
  readonly workMs: number;
  /** Milliseconds of waiting for the host, or for the disk. */
  readonly waitMs: number;
}

/** What one kind of fact takes on the host. */
export interface LookTime {
  readonly kind: string;
  readonly ms: number;
}

/** Medians of one host's converged apply. */
export interface ProfileResult {
  readonly taken: Taken;
  readonly runs: number;
  /** `node -e 0`, ms of wall time. */
  readonly nodeMs: number;
  readonly stages: readonly Stage[];
  /** On the host, past ssh. */
  readonly look: readonly LookTime[];
}
