/** `*` and `?` are the only special characters; brackets are literal. Linear in practice: no regular expression. */
export const matchesWildcards = (text: string, pattern: string): boolean => {
  let [at, star, retry] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (pattern[at] === '*') [star, retry, at] = [at, index, at + 1];
    else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index]))
      [at, index] = [at + 1, index + 1];
    else if (star >= 0) [at, retry, index] = [star + 1, retry + 1, retry + 1];
    else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
};

/** Whether one of the comma-separated patterns matches, and none that is negated by `!`. @see ssh_config(5), PATTERNS */
export const matchesPatternList = (text: string, list: string): boolean => {
  let isMatched = false;
  for (const pattern of list.split(',')) {
    if (pattern.startsWith('!')) {
      if (matchesWildcards(text, pattern.slice(1))) return false;
    } else if (matchesWildcards(text, pattern)) isMatched = true;
  }
  return isMatched;
};
