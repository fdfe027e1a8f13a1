import type { FoundInjection } from '../../injection/found-injection.ts';
import { execute } from '../../injection/write/executor.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { RevertDeps } from '../deps.ts';
import { askToStop, foreignFinding } from '../foreign/index.ts';
import type { Stop } from './stop.ts';

/** How long other tools get to stop their faults, milliseconds. */
const RETRY_FOR_MS = 60_000;
const PAUSE_MS = 1_000;
const WIDTH = 8;

interface Asked {
  finding: FoundInjection;
  /** No write in the cluster can ask its tool to stop. */
  cannotAsk: boolean;
  refused?: string;
  seen: boolean;
  ms: number;
}

/**
 * Stops the faults of other tools, each in the way that its tool documents, and waits until each was read as stopped or
 * the time is up. Nothing else of theirs is changed: no finalizer, no target.
 */
export async function askOthers(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  retryForMs = RETRY_FOR_MS,
): Promise<Stop[]> {
  const began = deps.clock.monotonic();
  const took = () => Math.round(deps.clock.monotonic() - began);
  const asked = await pooled(findings, WIDTH, finding => ask(deps, finding));
  const isOpen = ({ seen, refused }: Asked) => !seen && refused === undefined;
  const isWorthWaiting = asked.some(one => !one.cannotAsk);
  while (asked.some(isOpen)) {
    await pooled(asked.filter(isOpen), WIDTH, async one => {
      one.seen = await isOver(deps, one.finding);
      one.ms = took();
    });
    if (!asked.some(isOpen) || !isWorthWaiting || took() + PAUSE_MS > retryForMs) break;
    await deps.clock.sleep(PAUSE_MS);
  }
  return asked.map(stopOf);
}

async function ask(deps: RevertDeps, finding: FoundInjection): Promise<Asked> {
  const write = askToStop(finding.live);
  if (write === undefined) return { finding, cannotAsk: true, seen: false, ms: 0 };
  const { state, message } = await execute([write], deps, { id: finding.id, purpose: 'revert' });
  const base = { finding, cannotAsk: false, seen: false, ms: 0 };
  return state === 'done' ? base : { ...base, refused: message };
}

/** Whether a new read shows that the fault is neither in nor about to be injected. A failed read means not over. */
async function isOver({ api }: RevertDeps, { object }: FoundInjection): Promise<boolean> {
  const got = await api.get(object);
  if (!got.ok) return got.reason === 'not-found';
  return got.value.metadata.uid !== object.uid || foreignFinding(got.value) === undefined;
}

function stopOf({ finding, cannotAsk, refused, seen, ms }: Asked): Stop {
  const { id, object, source } = finding;
  const base = { id, what: 'tool', tool: source, object, ms, verified: seen } as const;
  if (refused !== undefined)
    return {
      ...base,
      outcome: 'failed',
      message: sanitise(`its own tool could not be asked to stop: ${refused}`, 400),
    };
  if (cannotAsk)
    return seen
      ? { ...base, outcome: 'stopped', message: 'it was stopped together with the object that it belongs to' }
      : {
          ...base,
          outcome: 'untouched',
          message: sanitise(`no write in the cluster can stop it: ${finding.message ?? ''}`, 400),
        };
  return {
    ...base,
    outcome: 'asked',
    message: seen
      ? 'asked its own tool to stop; read again, it is stopped'
      : 'asked its own tool to stop, but it has not stopped: check whether its controller runs',
  };
}
