/** Work of which only the newest counts: beginning it anew aborts what was under way. */
export interface Latest {
  begin(): AbortSignal;
  stop(): void;
}

/** `ended` aborts the work as well. */
export function createLatest(ended: AbortSignal): Latest {
  let underWay = new AbortController();
  return {
    begin() {
      underWay.abort();
      underWay = new AbortController();
      return AbortSignal.any([underWay.signal, ended]);
    },
    stop: () => underWay.abort(),
  };
}
