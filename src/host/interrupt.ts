/** Requests of the user or the system to stop: the first one stops the work and reverts, further ones are counted. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Called at every request, with how many there have been. */
  onRequest(listener: (count: number) => void): void;
  dispose(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns ctrl-c, termination and a vanished terminal into one abort signal. The process does not end by itself while this is held. */
export function listenForInterrupt(): Interrupt {
  const controller = new AbortController();
  const listeners: ((count: number) => void)[] = [];
  let count = 0;
  const handler = (name: NodeJS.Signals) => {
    count += 1;
    controller.abort(new Error(`interrupted (${name})`));
    for (const listener of listeners) listener(count);
  };
  for (const name of SIGNALS) process.on(name, handler);
  return {
    signal: controller.signal,
    onRequest: listener => void listeners.push(listener),
    dispose: () => {
      for (const name of SIGNALS) process.off(name, handler);
    },
  };
}
