/** An address against the one that it was found at; as it is where it is none. */
export const resolvedUrl = (location: string, base: string): string => {
  try {
    return new URL(location, base).href;
  } catch {
    return location;
  }
};
