import type { Receipt } from '../injection/write/receipt.ts';
import type { RunHeader } from '../records/journal.ts';
import type { RunEvent } from '../run/event.ts';
import { counted } from '../text/counted.ts';
import { measured } from '../text/duration.ts';
import { sanitise } from '../text/sanitise.ts';

export const NOTICE_KINDS = ['started', 'injected', 'tripped', 'reverted', 'verdict', 'residue'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** One notification. It has names and outcomes, never a value from the cluster; every text is sanitised. */
export interface Notice {
  kind: NoticeKind;
  /** Unique among all notices. */
  id: string;
  /** Milliseconds since the epoch, server time. */
  at: number;
  /** When the fault that ends here began, if known. */
  since?: number;
  context: string;
  by: string;
  host: string;
  run?: string;
  experiment?: string;
  type?: string;
  /** In one line. */
  text: string;
  isBad: boolean;
  /** Further data for programs. */
  facts: Record<string, string | number | boolean | readonly string[]>;
}

const revertedText = (objects: number): string =>
  objects === 0 ? 'there was nothing to revert' : 'the fault is out, read back';

/**
 * Who reverted, where and when. `who` is `mayday revert` by default; `stage` makes the ids of one run's notices
 * unique.
 */
export interface RevertAbout {
  run: string;
  at: number;
  context: string;
  user: string;
  host: string;
  who?: string;
  experiment?: string;
  type?: string;
  stage?: string;
}

/** The notices of a revert outside of a run: of everything, of selected injections, or of what a dead process left. */
export function revertNotices(
  { receipts, remaining, isAllBlind }: { receipts: readonly Receipt[]; remaining: number; isAllBlind: boolean },
  { run, at, context, user, host, who = 'mayday revert', experiment, type, stage }: RevertAbout,
): Notice[] {
  if (receipts.length === 0 && remaining === 0) return [];
  const isLeft = remaining > 0 || isAllBlind;
  const objects = receipts.map(({ object, outcome }) => sanitise(`${object.kind}/${object.name} ${outcome}`));
  const rest = remaining > 0 ? `${remaining} remain` : isAllBlind ? 'what remains is not known' : '0 remain';
  const subject = experiment === undefined ? '' : `${experiment}${type === undefined ? '' : ` (${type})`}: `;
  const notice = (kind: NoticeKind, text: string): Notice => ({
    kind,
    id: `${run}.${stage === undefined ? '' : `${stage}.`}${kind}`,
    at,
    context: sanitise(context),
    by: sanitise(user),
    host: sanitise(host),
    run,
    ...(experiment === undefined ? {} : { experiment: sanitise(experiment) }),
    ...(type === undefined ? {} : { type }),
    text: sanitise(`${who} in ${context}: ${subject}${text}`, 1_000),
    isBad: isLeft,
    facts: { remaining, objects },
  });
  const count = counted(receipts.length, 'injection');
  return [
    notice('reverted', `${count} dealt with, ${rest}`),
    ...(isLeft ? [notice('residue', `${rest}: mayday scan shows what`)] : []),
  ];
}

/** The notice that an abort condition of a game-day was met. */
export function trippedNotice(
  { day, condition, text, scenario }: { day: string; condition: string; text: string; scenario?: string | undefined },
  { at, context, user, host }: { at: number; context: string; user: string; host: string },
): Notice {
  return {
    kind: 'tripped',
    id: `${sanitise(day)}.tripped.${condition}.${at}`,
    at,
    context: sanitise(context),
    by: sanitise(user),
    host: sanitise(host),
    text: sanitise(`game-day ${day} in ${context}: abort condition ${condition} tripped: ${text}`, 1_000),
    isBad: true,
    facts: { day: sanitise(day), condition, ...(scenario === undefined ? {} : { scenario: sanitise(scenario) }) },
  };
}

/** What a run's notices say about the run. */
export type RunAbout = Pick<RunHeader, 'run' | 'context' | 'user' | 'host' | 'experiment'>;

/** The notices of one event of a run; none for most events. `injectedAt` is undefined when not known. */
export function noticesOf(event: RunEvent, about: RunAbout, injectedAt: number | undefined): Notice[] {
  const { name, type } = about.experiment;
  const notice = (kind: NoticeKind, text: string, isBad: boolean, facts: Notice['facts']): Notice => ({
    kind,
    id: `${about.run}.${kind}.${event.at}`,
    at: event.at,
    ...(injectedAt === undefined || kind === 'injected' ? {} : { since: injectedAt }),
    context: sanitise(about.context),
    by: sanitise(about.user),
    host: sanitise(about.host),
    run: about.run,
    experiment: sanitise(name),
    type,
    text: sanitise(`${name} (${type}) in ${about.context}: ${text}`, 1_000),
    isBad,
    facts,
  });
  switch (event.event) {
    case 'phase':
      return event.phase === 'Pending' ? [notice('started', 'started', false, {})] : [];
    case 'injected': {
      const ttl = event.ttlDeadline === undefined ? {} : { ttlDeadline: new Date(event.ttlDeadline).toISOString() };
      const text = `fault injected, ${counted(event.pods.length, 'pod')} in reach`;
      return [notice('injected', text, true, { pods: event.pods.length, ...ttl })];
    }
    case 'reverted': {
      const objects = event.receipts.map(({ object, outcome }) => sanitise(`${object.kind}/${object.name} ${outcome}`));
      const facts = { remaining: event.remaining, objects };
      const isLeft = event.remaining > 0;
      return [
        notice(
          'reverted',
          isLeft ? `revert NOT complete, ${event.remaining} remain` : revertedText(objects.length),
          isLeft,
          facts,
        ),
        ...(isLeft
          ? [notice('residue', `${event.remaining} not proven restored: mayday revert --all`, true, facts)]
          : []),
      ];
    }
    case 'verdict': {
      const { verdict, reasons, residue, timings, restoredBy, selfHealed } = event;
      const took = timings.recoveryMs === undefined ? {} : { recoveryMs: Math.round(timings.recoveryMs) };
      const after = timings.recoveryMs === undefined ? '' : `, recovery ${measured(timings.recoveryMs)}`;
      const facts = { verdict, reasons: reasons.map(line => sanitise(line)), residue, restoredBy, selfHealed, ...took };
      return [notice('verdict', `${verdict}${after}: ${reasons[0] ?? ''}`, verdict !== 'Resilient', facts)];
    }
    default:
      return [];
  }
}
