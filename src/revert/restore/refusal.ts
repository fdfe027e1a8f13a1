import type { Restore } from '../../faults/contract.ts';
import type { Execution } from '../../injection/write/executor.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Failure } from '../../kube/client/http/outcome.ts';
import { sanitise } from '../../text/sanitise.ts';
import { shownBy } from '../read-back/not-held.ts';
import { type End, failed } from './end.ts';

/** How long to retry if the reason may go away soon, milliseconds. */
const SHORT_MS = 5_000;

/** How long to retry while a permission is missing that the same revert restores, milliseconds; the server applies it within moments. */
const DENIED_MS = 2_000;

/**
 * The end of an attempt whose writes were not all done. `done` says what was written before, to begin the message. If the server's refusal
 * will last, the attempt is soon given up and the message says what a person can do.
 */
export function refusedEnd({ steps, message }: Execution, restore: Restore, done?: string): End {
  const began = done === undefined ? '' : `${done}, but `;
  const last = steps.at(-1);
  const refusal = last?.outcome === 'failed' && last.failure ? lasting(last.failure, nameOf(last.write.on)) : undefined;
  if (refusal === undefined) return failed(`${began}${message}`, true);
  const { original, live } = shownBy(restore);
  const values =
    done !== undefined ? '' : original === undefined ? `; ${restore.says}` : `; original ${original}, now ${live}`;
  return {
    ...failed(`${began}${message}${values}; ${refusal.remedy}`, refusal.retryForMs !== 0),
    retryForMs: refusal.retryForMs,
    ...(original === undefined || live === undefined ? {} : { notHeld: { original, live } }),
  };
}

/** The end of an attempt that failed because `failures` hide what it needs to know. Rights do not come by waiting. */
export function blindEnd(message: string, failures: readonly Failure[]): End {
  const denied = failures.flatMap(one => one.denied ?? []);
  if (failures.length === 0 || denied.length < failures.length) return failed(message, failures.length > 0);
  return { ...failed(`${message}; ${[...new Set(denied.map(askFor))].join('; ')}`, true), retryForMs: DENIED_MS };
}

/** Why waiting does not help after the server refused a write, and what a person can do; undefined where another attempt may well succeed. */
function lasting(refusal: Failure, name: string): { retryForMs: number; remedy: string } | undefined {
  if (refusal.denied !== undefined) return { retryForMs: DENIED_MS, remedy: askFor(refusal.denied) };
  const known = REFUSALS.find(({ says }) => says.test(refusal.message));
  return known === undefined ? undefined : { retryForMs: known.retryForMs, remedy: known.remedy(name) };
}

function askFor({ user, verb, resource, namespace }: NonNullable<Failure['denied']>): string {
  const where = namespace === undefined ? '' : ` in namespace ${sanitise(namespace, 63)}`;
  return sanitise(
    `waiting does not help: ask for the permission to ${verb} ${resource}${where} for ${user}, or let somebody revert who has it`,
    500,
  );
}

interface Known {
  says: RegExp;
  retryForMs: number;
  remedy(name: string): string;
}

const REFUSALS: readonly Known[] = [
  {
    says: /field is immutable/i,
    retryForMs: 0,
    remedy: name =>
      `waiting does not help: save ${name} as YAML, set the original in it, and create it again with kubectl replace --force; then revert again, which removes the marks`,
  },
  {
    says: /attempting to grant RBAC permissions not currently held/,
    retryForMs: DENIED_MS,
    remedy: name =>
      `waiting does not help: let somebody revert who has every permission that ${name} gives, or the verbs bind and escalate`,
  },
  {
    says: /exceeded quota/,
    retryForMs: SHORT_MS,
    remedy: () => 'make room: raise that quota, or delete objects that count against it; then revert again',
  },
  {
    says: /because it is being terminated/,
    retryForMs: SHORT_MS,
    remedy: name =>
      `its namespace is Terminating and accepts no new objects: after it is gone, create the namespace again, then revert again to restore ${name}`,
  },
];
