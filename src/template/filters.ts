import { collectionFilters } from './collection-filters.ts';
import type { Operation } from './operation.ts';
import { textFilters } from './text-filters.ts';
import { valueFilters } from './value-filters.ts';

/** Every filter by its name: Jinja2's and those that Ansible adds. */
export const filters: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...textFilters, ...valueFilters, ...collectionFilters }),
);
