import type { Located } from '../../model/located.ts';
import type { Span } from '../../model/span.ts';

/** What a piece of an inventory says of a group, in the form that YAML inventories have: `{ hosts, vars, children }`. */
export interface GroupPart {
  readonly group: string;
  /** Where the group is named. */
  readonly span: Span;
  readonly part: Located;
}
