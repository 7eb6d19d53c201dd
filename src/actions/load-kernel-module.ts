import { type KernelModuleFact, kernelModule } from '../facts/kernel-modules.ts';
import type { Action } from '../model/action.ts';
import { sh } from '../shell/sh.ts';

/** What a module brings when it comes, and takes when it goes. */
const taints = [{ kind: 'kernel-setting' }];

/** Loads a module of the kernel. @param words  its parameters: `numdummies=2` */
export const loadKernelModule = (
  name: string,
  words: readonly string[],
  before: KernelModuleFact,
): Action => ({
  kind: 'load-kernel-module',
  summary: `load ${name}`,
  changes: [{ summary: `load kernel module ${[name, ...words].join(' ')}` }],
  sh: sh`PATH=$PATH:/usr/sbin:/sbin
modprobe -- ${name} ${words}`,
  predicts: [{ key: kernelModule(name), value: { ...before, isLoaded: true } }],
  taints,
});

/** Takes a module out of the kernel, and those that it alone needed. */
export const unloadKernelModule = (name: string, before: KernelModuleFact): Action => ({
  kind: 'unload-kernel-module',
  summary: `unload ${name}`,
  changes: [{ summary: `unload kernel module ${name}` }],
  sh: sh`PATH=$PATH:/usr/sbin:/sbin
modprobe -r -- ${name}`,
  predicts: [{ key: kernelModule(name), value: { ...before, isLoaded: false } }],
  taints,
});
