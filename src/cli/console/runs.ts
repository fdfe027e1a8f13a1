import type { DayOrder } from '../../console/session/day.ts';
import type { Engine } from '../../engine/engine.ts';

/**
 * The engine's `run`, registered with the console: each run is treated as one of the console's own, shown on its screens and ended by its emergency stop,
 * in addition to what its caller does.
 */
export function asConsoleRuns(engine: Pick<Engine, 'run'>, run: DayOrder['run']): Engine['run'] {
  return (loaded, options) =>
    run(loaded, options.emit, added =>
      engine.run(loaded, {
        ...options,
        emit: added.emit,
        signal: options.signal ? AbortSignal.any([options.signal, added.signal]) : added.signal,
        stopWaiting: options.stopWaiting
          ? AbortSignal.any([options.stopWaiting, added.stopWaiting])
          : added.stopWaiting,
      }),
    );
}
