/**
 * The value of `omit`: a parameter that is equal to it counts as not given. A text that nobody writes by accident, as in
 * Ansible, so that it survives filters, conditions and joins.
 */
export const omit = '__omit_place_holder__8f3d0b2a7c1e4965';

export const isOmitted = (value: unknown): boolean => value === omit;
