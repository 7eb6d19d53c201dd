/**
 * Hands out a bounded number of slots, first come, first served.
 * sshd allows ten sessions a connection by default (MaxSessions), and less where somebody said so.
 */
export const createChannelSlots = (initialLimit: number) => {
  let limit = initialLimit;
  let active = 0;
  const waiting: (() => void)[] = [];
  const admit = (): void => {
    while (active < limit) {
      const next = waiting.shift();
      if (next === undefined) return;
      active += 1;
      next();
    }
  };
  return {
    /** Resolves when a slot is taken; `release` must be called once for it. Rejects with the signal's reason. */
    acquire: (signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const onAbort = (): void => {
          const index = waiting.indexOf(take);
          if (index < 0) return;
          waiting.splice(index, 1);
          reject(signal?.reason);
        };
        const take = (): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        if (signal?.aborted === true) return reject(signal.reason);
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(take);
        admit();
      }),
    release(): void {
      active -= 1;
      admit();
    },
    /** The host refused one more: the others that are active are as many as it takes. False where there are none. */
    learnLimit(): boolean {
      if (active <= 1) return false;
      limit = Math.min(limit, active - 1);
      return true;
    },
  };
};

export type ChannelSlots = ReturnType<typeof createChannelSlots>;
