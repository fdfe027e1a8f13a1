import { measured } from '../../text/duration.ts';
import { parsedJson } from '../../text/json.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Probe, ProbeSeen, ProbeWorld } from './probe.ts';

type ProbeState = Pick<ProbeSeen, 'state' | 'expected' | 'actual'>;

/** Asks one probe once. Never throws because of an answer; a probe that cannot be asked is blind, not broken. */
export async function askProbe(world: ProbeWorld, probe: Probe, signal?: AbortSignal): Promise<ProbeSeen> {
  const { name } = probe;
  const { state, expected, actual } = await judge(world, probe, signal).catch(
    (error: unknown): ProbeState => ({ state: 'blind', expected: 'an answer', actual: (error as Error).message }),
  );
  return { name: sanitise(name, 80), state, expected: sanitise(expected, 120), actual: sanitise(actual, 160) };
}

async function judge(world: ProbeWorld, probe: Probe, signal: AbortSignal | undefined): Promise<ProbeState> {
  const aborting = signal ? { signal } : {};
  if (probe.check) return world.check(probe.check, signal);
  if (probe.http) return http(world, probe.http, aborting);
  if (probe.command) return command(world, probe.command, aborting);
  if (probe.prometheus) return prometheus(world, probe.prometheus, aborting);
  return { state: 'blind', expected: 'a way to look', actual: 'none in the plan' };
}

type Aborting = { signal?: AbortSignal };

/** An address that does not answer is broken, not blind: for its users it is down. */
async function http(world: ProbeWorld, rule: NonNullable<Probe['http']>, aborting: Aborting): Promise<ProbeState> {
  const expected = `${rule.status.join(' or ')} within ${measured(rule.within)}`;
  const answer = await world.fetch(rule.url, { timeoutMs: rule.within, config: rule.http_config, ...aborting });
  if (!answer.ok) return { state: answer.notAsked ? 'blind' : 'fail', expected, actual: answer.why };
  const actual = `${answer.status} after ${measured(answer.ms)}`;
  if (!rule.status.includes(answer.status) || answer.ms > rule.within) return { state: 'fail', expected, actual };
  return containing(rule.contains, answer.body, { expected, actual });
}

async function command(
  world: ProbeWorld,
  rule: NonNullable<Probe['command']>,
  aborting: Aborting,
): Promise<ProbeState> {
  const expected = `exit code ${rule.exitCode}`;
  const end = await world.run(rule.run, { timeoutMs: rule.timeout, ...aborting });
  if (!end.ok) return { state: 'blind', expected, actual: end.why };
  // The output may be a secret, so it is never shown; only whether it contains the text.
  const actual = `exit code ${end.exitCode}`;
  if (end.exitCode !== rule.exitCode) return { state: 'fail', expected, actual };
  return containing(rule.contains, end.output, { expected, actual });
}

/** Passes where the text contains what it should; the text itself is not shown. */
function containing(
  wanted: string | undefined,
  text: string,
  { expected, actual }: Pick<ProbeState, 'expected' | 'actual'>,
): ProbeState {
  return wanted === undefined || text.includes(wanted)
    ? { state: 'pass', expected, actual }
    : { state: 'fail', expected: `${expected}, with "${wanted}"`, actual: `${actual}, without it` };
}

/** If Prometheus does not answer, nothing is known about the system: blind. A query without a result is blind too, since it shows neither that the limit holds nor that it does not. */
async function prometheus(
  world: ProbeWorld,
  rule: NonNullable<Probe['prometheus']>,
  aborting: Aborting,
): Promise<ProbeState> {
  const { min, max } = rule;
  const expected = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ');
  const blind = (actual: string): ProbeState => ({ state: 'blind', expected, actual });
  const url = `${rule.url.replace(/\/+$/, '')}/api/v1/query?${new URLSearchParams({ query: rule.query })}`;
  const answer = await world.fetch(url, { timeoutMs: rule.timeout, config: rule.http_config, ...aborting });
  if (!answer.ok) return blind(answer.why);
  const read = numbersIn(answer.body);
  if (typeof read === 'string') return blind(answer.status === 200 ? read : `${answer.status}: ${read}`);
  if (read.length === 0) return blind('the query has no result');
  const out = read.find(value => !((min === undefined || value >= min) && (max === undefined || value <= max)));
  const value = out ?? read[0] ?? Number.NaN;
  const actual = `${Number(value.toPrecision(6))}${read.length > 1 ? ` (of ${read.length} series)` : ''}`;
  return { state: out === undefined ? 'pass' : 'fail', expected, actual };
}

/** The numbers in the answer to an instant query, or a text that says why there are none. */
function numbersIn(body: string): number[] | string {
  const answer = parsedJson(body) as PromAnswer | null | undefined;
  if (answer?.status !== 'success') return answer?.error ?? 'expected an answer of Prometheus, found something else';
  const { resultType, result } = answer.data ?? {};
  if (resultType === 'scalar') return [Number((result as unknown as [number, string])[1])];
  if (resultType !== 'vector' || !Array.isArray(result)) return `expected a number, found a ${resultType ?? 'nothing'}`;
  return (result as { value?: [number, string] }[]).map(({ value }) => Number(value?.[1]));
}

interface PromAnswer {
  status?: string;
  error?: string;
  data?: { resultType?: string; result?: unknown };
}
