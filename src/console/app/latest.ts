/** Work of which only the newest counts: starting it again aborts the earlier one. */
export interface Latest {
  begin(): AbortSignal;
  stop(): void;
}

/** The work also aborts when `ended` does. */
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
