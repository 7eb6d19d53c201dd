const plainWords = new Set(
  (
    'true false none null yes no on off ok done absent present active inactive enabled disabled running stopped ' +
    'started failed success unknown loaded changed unchanged skipped installed configured'
  ).split(' '),
);

const isPath = (text: string): boolean =>
  /^\/(?:bin|boot|data|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:\/[\w.@-]+)*$/.test(
    text,
  );

/** Words and paths that may well be said: any report is full of them, and would be hard to read if they were hidden. */
export const isPlainWord = (text: string): boolean => plainWords.has(text.toLowerCase()) || isPath(text);
