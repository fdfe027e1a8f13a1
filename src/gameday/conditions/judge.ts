import { age, measured } from '../../text/duration.ts';
import type { GameDay } from '../plan/document.ts';
import { CONDITIONS, type ConditionId } from './condition.ts';
import { type HealthByName, holdsSince, newlyUnhealthy, type Sample } from './sample.ts';

/** The status of one abort condition. `OFF`: the plan turned it off. */
export interface ConditionStatus {
  id: ConditionId;
  state: 'ARMED' | 'TRIPPED' | 'OFF';
  /** The measured value, in a few words. */
  value: string;
  /** The limit that trips the condition. */
  limit: string;
}

/** What the samples are compared with. */
export interface JudgeContext {
  rules: GameDay['spec']['abort'];
  /** When the day began, by the server's time. */
  beganAt: number;
  /** What was healthy when the scenario was armed; undefined between scenarios. */
  before?: { inside: HealthByName; outside: HealthByName };
  /** The targets of the scenario: `Deployment kserve/x`. */
  targets: ReadonlySet<string>;
}

type Rule<K extends ConditionId> = (
  history: readonly Sample[],
  rule: Exclude<GameDay['spec']['abort'][K], false>,
  context: JudgeContext,
) => { tripped: boolean; value: string; limit: string };

const last = (history: readonly Sample[]): Sample | undefined => history.at(-1);

/** Objects that were healthy at the start of the scenario and have been unhealthy for at least `forMs`. */
function unhealthySince(
  history: readonly Sample[],
  where: 'inside' | 'outside',
  { before }: JudgeContext,
  forMs: number,
  isLeftOut: (name: string) => boolean,
): { tripped: boolean; value: string; limit: string } {
  const limit = `for ${age(forMs)}`;
  const now = last(history);
  if (before === undefined || now === undefined) return { tripped: false, value: 'between scenarios', limit };
  if (before[where] === undefined) return { tripped: false, value: 'BLIND: cannot be read', limit };
  const found = newlyUnhealthy(before[where], now[where], isLeftOut);
  const timed = found.map(name => ({
    name,
    since: holdsSince(history, sample => (sample[where] === undefined ? undefined : sample[where]?.get(name) !== true)),
  }));
  const long = timed.filter(({ since }) => since !== undefined && now.at - since >= forMs);
  const shown = (long.length > 0 ? long : timed).map(
    ({ name, since }) => `${name} for ${age(now.at - (since ?? now.at))}`,
  );
  const value = now[where] === undefined ? 'BLIND: not read just now' : (shown[0] ?? 'all well');
  return { tripped: long.length > 0, value: shown.length > 1 ? `${value}, ${shown.length - 1} more` : value, limit };
}

const collateral: Rule<'collateral'> = (history, rule, context) =>
  unhealthySince(
    history,
    'inside',
    context,
    rule.for,
    name => context.targets.has(name) || rule.except.some(one => name.endsWith(`/${one}`) || name.endsWith(` ${one}`)),
  );

/** Objects outside the scope that turned unhealthy, and alerts that the plan calls an incident. */
const incident: Rule<'incident'> = (history, rule, context) => {
  const seen = unhealthySince(history, 'outside', context, rule.for, name => context.targets.has(name));
  const now = last(history);
  if (rule.alerts === undefined || context.before === undefined || now === undefined) return seen;
  const names = history.findLast(({ incidents }) => incidents !== undefined)?.incidents ?? [];
  const timed = names.map(name => {
    const since = holdsSince(history, ({ incidents }) => incidents?.includes(name));
    return { name, ms: now.at - (since ?? now.at) };
  });
  const [longest] = timed.toSorted((a, b) => b.ms - a.ms);
  if (longest === undefined)
    return now.incidents === undefined ? { ...seen, value: `${seen.value}; alerts BLIND` } : seen;
  const isLong = longest.ms >= rule.for;
  if (seen.tripped && !isLong) return seen;
  return { ...seen, tripped: isLong || seen.tripped, value: `alert ${longest.name} for ${age(longest.ms)}` };
};

const probes: Rule<'probes'> = (history, rule) => {
  const now = last(history);
  const limit = `broken for ${age(rule.brokenFor)}`;
  if (now === undefined || now.probes.length === 0) return { tripped: false, value: 'no probes', limit };
  const broken = now.probes
    .filter(({ state }) => state !== 'pass')
    .map(({ name, state }) => {
      const since = holdsSince(history, sample => {
        const seen = sample.probes.find(one => one.name === name);
        return seen === undefined ? undefined : seen.state !== 'pass';
      });
      return { name, state, ms: now.at - (since ?? now.at) };
    })
    .toSorted((a, b) => b.ms - a.ms);
  const [longest] = broken;
  if (longest === undefined) return { tripped: false, value: `${now.probes.length} steady`, limit };
  const word = longest.state === 'blind' ? 'blind' : 'broken';
  return { tripped: longest.ms >= rule.brokenFor, value: `${longest.name} ${word} for ${age(longest.ms)}`, limit };
};

/** The value below which 95 of 100 lie. */
function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

/** With fewer calls a 95th percentile means nothing. */
const FEWEST_CALLS = 10;

const api: Rule<'api'> = (history, rule) => {
  const now = last(history);
  const calls = history.filter(({ at }) => now !== undefined && now.at - at <= rule.window).flatMap(one => one.calls);
  const errors = calls.filter(({ failed }) => failed !== undefined).length;
  const slow = p95(calls.map(({ ms }) => ms));
  const limit = `p95 ${age(rule.p95)}, ${rule.errors} errors in ${age(rule.window)}`;
  const isSlow = calls.length >= FEWEST_CALLS && slow > rule.p95;
  return { tripped: isSlow || errors >= rule.errors, value: `p95 ${measured(slow)}, ${errors} errors`, limit };
};

/** A revert is not certain while the cluster cannot be read, or while a permission that the revert needs is missing. */
const watch: Rule<'watch'> = (history, rule) => {
  const now = last(history);
  const limit = `lost for ${age(rule.lostFor)}`;
  if (now === undefined) return { tripped: false, value: 'read', limit };
  const lost = [
    { says: 'not read', since: holdsSince(history, ({ inside }) => inside === undefined) },
    {
      says: `not permitted: ${history.findLast(({ mayNotRevert }) => mayNotRevert !== undefined)?.mayNotRevert?.[0] ?? ''}`,
      since: holdsSince(history, ({ mayNotRevert }) => mayNotRevert && mayNotRevert.length > 0),
    },
  ].flatMap(({ says, since }) => (since === undefined ? [] : [{ says, ms: now.at - since }]));
  const [longest] = lost.toSorted((a, b) => b.ms - a.ms);
  if (longest === undefined) return { tripped: false, value: 'read', limit };
  return { tripped: longest.ms >= rule.lostFor, value: `${longest.says} for ${age(longest.ms)}`, limit };
};

const timeBox: Rule<'timeBox'> = (history, limitMs, { beganAt }) => {
  const past = (last(history)?.server ?? beganAt) - beganAt;
  return { tripped: past >= limitMs, value: `${age(past)} gone`, limit: age(limitMs) };
};

const secondInjection: Rule<'secondInjection'> = history => {
  const seen = history.findLast(({ foreign }) => foreign !== undefined)?.foreign ?? [];
  return { tripped: seen.length > 0, value: seen[0] ?? 'none', limit: 'any' };
};

/** This many answers in a row must agree: a single delayed answer does not prove a wrong clock. */
const AGREE = 3;

const clockSkew: Rule<'clockSkew'> = (history, limitMs) => {
  const skews = history.flatMap(({ skewMs }) => (skewMs === undefined ? [] : [skewMs])).slice(-AGREE);
  const skew = skews.length < AGREE ? 0 : Math.min(...skews);
  return { tripped: skew > limitMs, value: skews.length === 0 ? 'not known' : measured(skew), limit: age(limitMs) };
};

const ttlOvershoot: Rule<'ttlOvershoot'> = (history, limitMs) => {
  const now = last(history);
  const [worst] = (now?.faults ?? [])
    .map(({ name, dueAt }) => ({ name, overMs: (now?.server ?? 0) - dueAt }))
    .toSorted((a, b) => b.overMs - a.overMs);
  const limit = `${age(limitMs)} over its TTL`;
  if (worst === undefined) return { tripped: false, value: 'no fault with a TTL is in', limit };
  const value = worst.overMs > 0 ? `${worst.name} ${age(worst.overMs)} over` : `${age(-worst.overMs)} left`;
  return { tripped: worst.overMs > limitMs, value, limit };
};

const RULES: { [K in ConditionId]: Rule<K> } = {
  collateral,
  probes,
  api,
  watch,
  timeBox,
  secondInjection,
  incident,
  clockSkew,
  ttlOvershoot,
};

/** The status of every condition after the last of these samples. */
export function judged(history: readonly Sample[], context: JudgeContext): ConditionStatus[] {
  return CONDITIONS.map(id => {
    const rule = context.rules[id];
    if (rule === false) return { id, state: 'OFF', value: '', limit: 'off in the plan' };
    const { tripped, ...rest } = (RULES[id] as Rule<typeof id>)(history, rule as never, context);
    return { id, state: tripped ? 'TRIPPED' : 'ARMED', ...rest };
  });
}

const WORDS: Readonly<Record<ConditionId, string>> = {
  collateral: 'a workload that nobody aims at stopped serving',
  probes: 'a steady-state probe is broken for too long',
  api: 'the API server answers slowly or not at all',
  watch: 'the cluster cannot be read any more, or a revert is not permitted any more',
  timeBox: 'the time box is over',
  secondInjection: 'there is an injection that is not of this day',
  incident: 'something outside of the scope turned unhealthy',
  clockSkew: 'the clocks of this machine and of the cluster differ too much',
  ttlOvershoot: 'a fault is still in after its TTL',
};

/** What it means when this condition trips, in words. */
export const meaning = (id: ConditionId): string => WORDS[id];
