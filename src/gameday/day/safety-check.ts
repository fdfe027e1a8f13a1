import type { Engine } from '../../engine/engine.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { Api } from '../../kube/client/api.ts';
import { isUnstopped } from '../../revert/stop/cluster-experiment.ts';
import { latchGate, readLatch } from '../../safety/latch.ts';
import { matchesPattern } from '../../text/pattern.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Triage } from '../../triage/finding/result.ts';
import type { AlertWatch } from '../alerts/watch.ts';
import { type ConditionStatus, meaning } from '../conditions/judge.ts';
import type { SafetyItem } from '../journal/record.ts';
import type { GameDay } from '../plan/document.ts';
import type { ProbeSeen } from '../probes/probe.ts';
import { STOPPED_ITEM } from './stopped-item.ts';

/** What the safety check needs; `latched` says why the day itself is stopped. */
export interface SafetyDeps {
  api: Api;
  engine: Pick<Engine, 'scan' | 'unfinished'>;
  triage(): Promise<Triage>;
  day: GameDay;
  standings: readonly ConditionStatus[];
  probes: readonly ProbeSeen[];
  /** The alerts of monitoring; absent where the plan names no source. */
  alerts?: Pick<AlertWatch, 'incidentsNow'> | undefined;
  latched?: string;
}

/**
 * Checks whether it is safe to inject now: the cluster is healthy, nobody else injects, nobody stopped the day. What cannot be read is not
 * safe. Writes nothing.
 */
export async function safetyCheck(deps: SafetyDeps): Promise<SafetyItem[]> {
  const { api, day, latched } = deps;
  const [latch, chaos, gates, syncs, left, alerts] = await Promise.all([
    readLatch(api).then(latchGate),
    chaosHere(deps),
    health(deps),
    syncsInProgress(api),
    deadRuns(deps),
    firing(deps),
  ]);
  return [
    scope(day, api.identity.context),
    freeze(day, api.serverTime().now),
    item(STOPPED_ITEM, latched === undefined, latched ?? 'nobody stopped it'),
    item('latch', latch.ok, latch.reason),
    chaos,
    left,
    ...gates,
    syncs,
    ...alerts,
    probes(deps.probes),
    conditions(deps.standings),
  ];
}

const item = (name: string, ok: boolean, reason: string): SafetyItem => ({ name, ok, reason: sanitise(reason, 300) });

function scope({ spec }: GameDay, context: string): SafetyItem {
  const { contexts } = spec.scope;
  const isIn = contexts === undefined || contexts.some(pattern => matchesPattern(context, pattern));
  return item('scope', isIn, isIn ? `context ${context}` : `expected one of ${contexts?.join(', ')}, found ${context}`);
}

function freeze({ spec }: GameDay, now: number): SafetyItem {
  const found = spec.freeze.find(({ from, to }) => from <= now && now < to);
  return item('freeze', found === undefined, found === undefined ? 'none now' : `until ${iso(found.to)}: ${found.why}`);
}

const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

async function chaosHere({ engine }: SafetyDeps): Promise<SafetyItem> {
  const { injections, experiments, blind } = await engine.scan({ deep: true });
  const found = [
    ...injections.map(({ id }) => id),
    ...experiments.filter(isUnstopped).map(({ object }) => object.name),
  ];
  const [first] = found;
  if (first !== undefined) return item('chaos', false, `${found.length} already here: ${first}`);
  const [unseen] = blind;
  if (unseen !== undefined)
    return item('chaos', false, `BLIND to ${blind.length}: ${unseen.resource}: ${unseen.reason}`);
  return item('chaos', true, 'none here');
}

async function deadRuns({ engine }: SafetyDeps): Promise<SafetyItem> {
  const dead = (await engine.unfinished()).filter(({ written }) => written.length > 0);
  return item('dead runs', dead.length === 0, dead.length === 0 ? 'none' : `${dead.map(({ run }) => run).join(', ')}`);
}

/** The gates of triage, without the one for chaos, which `chaosHere` checks. */
async function health({ triage }: SafetyDeps): Promise<SafetyItem[]> {
  const { gates } = await triage();
  const wrong = gates.filter(({ id, status }) => id !== 'G1' && (status === 'FAIL' || status === 'BLIND'));
  if (wrong.length === 0) return [item('triage', true, 'no gate fails')];
  return wrong.map(({ id, name, status, findings, blind }) => {
    const [finding] = findings;
    const [spot] = blind;
    const why = status === 'FAIL' ? finding?.summary : spot && `${spot.what}: ${spot.reason}`;
    return item(`triage ${id}`, false, `${name} ${status}: ${why ?? 'see mayday triage'}`);
  });
}

async function syncsInProgress(api: Api): Promise<SafetyItem> {
  const page = await api.listAll({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' });
  if (!page.ok)
    return page.reason === 'not-found'
      ? item('GitOps', true, 'no Argo CD here')
      : item('GitOps', false, `BLIND: ${page.message}`);
  const running = page.value.items.filter(one => fieldAt(one, 'status.operationState.phase').value === 'Running');
  const [first] = running;
  return item(
    'GitOps',
    first === undefined,
    first === undefined ? 'no sync in progress' : `${first.metadata.name} is syncing`,
  );
}

/** A real incident that monitoring reports. Monitoring that does not answer is a failure too, since it could not report one. */
async function firing({ alerts }: SafetyDeps): Promise<SafetyItem[]> {
  if (alerts === undefined) return [];
  const { incidents, blind } = await alerts.incidentsNow();
  const [first] = incidents;
  if (first !== undefined) return [item('alerts', false, `${incidents.length} outside of the scope: ${first}`)];
  const [why] = blind;
  return [item('alerts', why === undefined, why === undefined ? 'monitoring answers, no incident' : `BLIND: ${why}`)];
}

function probes(seen: readonly ProbeSeen[]): SafetyItem {
  const wrong = seen.find(({ state }) => state !== 'pass');
  if (wrong === undefined)
    return item('probes', true, seen.length === 0 ? 'none in the plan' : `${seen.length} steady`);
  const word = wrong.state === 'blind' ? 'BLIND' : 'broken';
  return item('probes', false, `${wrong.name} ${word}: expected ${wrong.expected}, found ${wrong.actual}`);
}

function conditions(standings: readonly ConditionStatus[]): SafetyItem {
  const tripped = standings.find(({ state }) => state === 'TRIPPED');
  const armed = standings.filter(({ state }) => state === 'ARMED').length;
  if (tripped === undefined) return item('conditions', true, `${armed} armed`);
  return item('conditions', false, `${tripped.id} TRIPPED: ${meaning(tripped.id)} (${tripped.value})`);
}
