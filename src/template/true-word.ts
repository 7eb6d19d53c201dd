const trueWords = new Set(['yes', 'on', '1', 'true', 'y', 't', '1.0']);

/** What Ansible's `bool` takes for true; every other word is false. */
export const isTrueWord = (text: string): boolean => trueWords.has(text.trim().toLowerCase());
