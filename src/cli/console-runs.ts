import type { DayOrder } from '../console/deps.ts';
import type { Engine } from '../engine/engine.ts';

/**
 * The engine's `run`, told to the console too: each run is one of the console's own, which its screens show and its emergency stop ends,
 * beside whoever began it.
 */
export function asConsoleRuns(engine: Pick<Engine, 'run'>, run: DayOrder['run']): Engine['run'] {
  return (loaded, options) =>
    run(loaded, options.emit, added =>
      engine.run(loaded, {
        ...options,
        emit: added.emit,
        signal: options.signal ? AbortSignal.any([options.signal, added.signal]) : added.signal,
        insist: options.insist ? AbortSignal.any([options.insist, added.insist]) : added.insist,
      }),
    );
}
