import { collectionFilters } from './collection-filters.ts';
import { dateFilters } from './date-filters.ts';
import { generalFilters } from './general-filters.ts';
import { ipFilters } from './ip-filters.ts';
import type { Operation } from './operation.ts';
import { pathFilters } from './path-filters.ts';
import { randomFilters } from './random-filters.ts';
import { textFilters } from './text-filters.ts';
import { valueFilters } from './value-filters.ts';

/** Every filter by its name: Jinja2's and those that Ansible adds. */
export const filters: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...dateFilters,
    ...generalFilters,
    ...ipFilters,
    ...pathFilters,
    ...randomFilters,
    ...textFilters,
    ...valueFilters,
    ...collectionFilters,
  }),
);
