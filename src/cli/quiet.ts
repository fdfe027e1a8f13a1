import { faultOf } from '../faults/registry.ts';
import { listenForInterrupt } from '../host/interrupt.ts';
import { type Quiet, type QuietEvent, quietExitCode, watchQuiet } from '../revert/stop/quiet.ts';
import { age } from '../text/duration.ts';
import type { CommandBody } from './command.ts';
import type { ExitCode } from './failure.ts';
import { durationOption } from './number.ts';
import { linePrinter, print, printJsonLine } from './output/output.ts';
import { withCluster } from './session.ts';

const FOR_MS = 60_000;
const EVERY_MS = 5_000;

/** `mayday quiet`: watches after a stop, and says for how long nothing was injected. Exit 7 when something was. */
export const quietCommand: CommandBody = ({ globals, options }) => {
  const forMs = durationOption(options.for, 'for') ?? FOR_MS;
  const everyMs = durationOption(options.interval, 'interval') ?? EVERY_MS;
  return withCluster(globals, async (api, runtime) => {
    const interrupt = listenForInterrupt();
    const { output, namespace } = globals;
    const line = linePrinter(globals);
    const emit = (event: QuietEvent) => {
      const at = new Date(api.serverTime().now).toISOString();
      if (output === 'text') line(eventLine(event));
      else if (output === 'jsonl') printJsonLine({ at, ...event });
    };
    try {
      const quiet = await watchQuiet(
        { api, clock: runtime.realClock, faultOf },
        { forMs, everyMs, emit, signal: interrupt.signal, ...(namespace === undefined ? {} : { namespace }) },
      );
      const result = output === 'jsonl' ? { event: 'end', ...quiet } : quiet;
      print(result, globals, () => endLines(quiet));
      return quietExitCode(quiet) as ExitCode;
    } finally {
      interrupt.dispose();
    }
  });
};

function eventLine(event: QuietEvent): string {
  switch (event.event) {
    case 'watching': {
      const there =
        event.live === 0 ? '' : `; ${event.live} that ${event.live === 1 ? 'is' : 'are'} there already count as before`;
      return `watching for ${age(event.forMs)}, a look every ${age(event.everyMs)}${there}`;
    }
    case 'quiet':
      return `quiet for ${age(event.quietMs)}`;
    case 'injected':
      return `INJECTED  ${event.says}`;
    case 'blind':
      return `BLIND     ${event.blind.resource}: ${event.blind.reason}`;
  }
}

function endLines({ quietMs, injected, blind, willInject, watchedMs }: Quiet): string[] {
  const pending = willInject.length === 0 ? [] : [`WILL INJECT AGAIN: ${willInject.join(', ')}`];
  const seen = blind.length === 0 ? '' : `, blind to ${blind.length}: there may have been more`;
  const last =
    injected.length === 0
      ? `QUIET for ${age(quietMs)}: nothing was injected${seen}`
      : `NOT QUIET: ${injected.length} injected in ${age(watchedMs)}, quiet since ${age(quietMs)}${seen}`;
  return [...pending, last];
}
