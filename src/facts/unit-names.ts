/** Suffixes of names that systemd takes for units; a name without one of them means a service. */
const suffix = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;

/**
 * What systemd accepts as a unit's name (units(5): at most 255 of ASCII letters, digits and `:-_.\@`). Globs,
 * paths and blanks, which systemctl would expand or escape, are not among it.
 */
export const unitNamePattern = /^[A-Za-z0-9:_.\\@-]{1,255}$/;

/** The whole name: `nginx` → `nginx.service`, `x.target` as it is. */
export const unitName = (name: string): string => (suffix.test(name) ? name : `${name}.service`);

/** A template without an instance, `foo@.service`: it can be enabled, never started. */
export const isTemplate = (name: string): boolean => /^[^@]+@\.[a-z]+$/.test(unitName(name));

interface InstanceName {
  /** `foo@.service` */
  readonly template: string;
  /** `foo` */
  readonly prefix: string;
  /** `x` of `foo@x.service`, as it stands there (escaped). */
  readonly instance: string;
}

/** The parts of an instance's name; undefined for a plain unit's and for a template's. */
export const instanceOf = (name: string): InstanceName | undefined => {
  const match = /^([^@]+)@(.+)(\.[a-z]+)$/.exec(unitName(name));
  if (match === null) return undefined;
  const [, prefix = '', instance = '', type = ''] = match;
  return { template: `${prefix}@${type}`, prefix, instance };
};

/** `foo@.service` and `x` → `foo@x.service`. */
export const instanceName = (template: string, instance: string): string =>
  unitName(template).replace('@.', () => `@${instance}.`);

/** Where administrators' units stand; the strongest of systemd's directories. */
export const unitFolder = '/etc/systemd/system';
