import type { Located } from '../model/located.ts';
import type { AnyModule } from '../model/module.ts';
import type { Span } from '../model/span.ts';
import type { Mapping } from './fields.ts';

/** A module's key in a task, with what stands under it. */
export interface ModuleCall {
  readonly module: AnyModule;
  /** The task key as written, without its collection. */
  readonly name: string;
  readonly key: Span;
  readonly value: Located;
  /** `args:` beside it. */
  readonly args?: Located | undefined;
  /** `module_defaults` for it. */
  readonly defaults?: Located | undefined;
  /** `changed_when: false` or `check_mode: false` stands on the task. */
  readonly readOnly: boolean;
  /** `ignore_errors: true`, or a block with a rescue around it: a value that the module does not take is a failure like others, and warned of. */
  readonly mayFail?: boolean;
  /** `compat: truthy` stands on the role or the play: paths of the host may be relative. */
  readonly truthy?: boolean;
}

/** A parameter as it was given. */
export interface Param {
  /** The module's own name of it. */
  readonly name: string;
  /** As it stands in the file: an alias perhaps. */
  readonly written: string;
  readonly key: Span;
  readonly part: Located;
}

/** Parameters as one mapping under the module's own names, each at its place. */
export const argsOf = (params: readonly Param[], whole: Span): Located<Mapping> => {
  const byName = new Map(params.map((param) => [param.name, param]));
  const value: Record<string, unknown> = {};
  for (const { name, part } of params) value[name] = part.value;
  return {
    value,
    span: whole,
    at: ([first, ...rest], part = 'value') => {
      const param = byName.get(String(first));
      if (param === undefined) return whole;
      return rest.length === 0 && part === 'key' ? param.key : param.part.at(rest, part);
    },
    sourceAt: ([first, ...rest]) => byName.get(String(first))?.part.sourceAt(rest),
  };
};

/** A value that has one place for all of it. */
export const locatedAs = <T>(value: T, span: Span): Located<T> => ({
  value,
  span,
  at: () => span,
  sourceAt: () => undefined,
});
