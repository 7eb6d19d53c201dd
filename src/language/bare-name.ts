/** Collections whose modules are known here by their last name. */
export const moduleCollections = [
  'ansible.builtin.',
  'ansible.legacy.',
  'ansible.posix.',
  'community.general.',
  'community.postgresql.',
  'community.mysql.',
  'ansible.mysql.',
  'community.crypto.',
  'community.docker.',
];

/** `ansible.builtin.apt` is `apt`; other dotted names stay as they are. */
export const bareName = (key: string): string => {
  const collection = moduleCollections.find((prefix) => key.startsWith(prefix));
  return collection === undefined ? key : key.slice(collection.length);
};
