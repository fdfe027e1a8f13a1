import type { LoadedExperiment } from '../../src/experiment/types.ts';
import { createEngine } from '../../src/gameday/engine.ts';
import type { Files } from '../../src/gameday/files.ts';
import type { Api } from '../../src/kube/api.ts';
import { systemClock } from '../../src/kube/clock.ts';
import { connect } from '../../src/kube/connection.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { pooled } from '../../src/revert/deps.ts';
import { scaleClock } from '../../src/run/clocks.ts';
import type { Verdict } from '../../src/run/event.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { Character } from './characters.ts';
import { type Row, SCRATCH } from './faults.ts';
import { essence, OPERATOR, podUids, work } from './operator.ts';
import { truth } from './truth.ts';
import { furnish, must, prepare } from './world.ts';

/** One field of the matrix: what is true, what was said, and what is wrong with that; empty where nothing is. */
export interface Cell {
  row: Row;
  character: Character;
  truth: Verdict;
  verdict: Verdict;
  reasons: string[];
  wrong: string[];
}

const RECOVERY_MS = 40_000;
const SOAK_MS = 4_000;

/** Files that nobody reads: the journal is not what is tried here. */
const NOWHERE: Files = {
  openAppend: async () => ({ append: async () => undefined, close: async () => undefined }),
  read: async () => undefined,
  list: async () => [],
  write: async () => undefined,
};

/** Runs every pair on one sandbox, `width` at a time, each in a namespace of its own; `speed`: how much faster than life. */
export async function matrix(
  pairs: readonly (readonly [Row, Character])[],
  { speed, width, tell = () => undefined }: { speed: number; width: number; tell?: (cell: Cell) => void },
): Promise<Cell[]> {
  const running = await startSandbox({ seed: 1, speed });
  const clock = scaleClock(systemClock, speed);
  const connected = await connect({ server: running.url, token: running.token, ca: running.certificate, clock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  await prepare(api);
  const cells = await pooled(pairs, width, async ([row, character]) => {
    const namespace = `m-${row.type.toLowerCase()}-${character.name}`.slice(0, 40);
    const cell = await play(api, clock, { row, character, namespace });
    tell(cell);
    return cell;
  });
  await api.close();
  await running.stop();
  return cells;
}

async function play(
  api: Api,
  clock: typeof systemClock,
  { row, character, namespace }: { row: Row; character: Character; namespace: string },
): Promise<Cell> {
  await furnish(api, namespace, character.isSick ? 'broken' : 'ok');
  await available(api, clock, namespace);
  const original = row.victim ? await must(api.get(row.victim(namespace))) : undefined;
  const pods = (await podUids(api, namespace)) ?? [];
  const over = new AbortController();
  const working = work({ api, clock }, { row, character, namespace, original, pods }, over.signal);
  const engine = createEngine({
    api,
    clock,
    random: () => 0.5,
    files: NOWHERE,
    stateDir: '/nowhere',
    host: 'matrix',
    pid: 1,
    version: 'test',
    isAlive: () => false,
    gates: () => Promise.resolve([]),
  });
  const { result } = await engine.run(experiment(row, namespace), { emit: () => undefined, soakMs: SOAK_MS });
  over.abort();
  await working;
  const { verdict, reasons, residue, restoredBy, selfHealed } = result;
  const expected = truth(row, character);
  const isHealedByIt = expected === 'Resilient' && row.asks === 'self-heal' && row.healedBy === undefined;
  const wrong = [
    ...(verdict === expected ? [] : [`said ${verdict}, true is ${expected}: ${reasons.join('; ')}`]),
    ...(residue === 0 ? [] : [`${residue} remain`]),
    ...(isHealedByIt && !(selfHealed && restoredBy.includes(OPERATOR))
      ? [`restored by ${OPERATOR}, said ${restoredBy}`]
      : []),
    ...(await leftover(api, row, namespace, original)),
  ];
  return { row, character, truth: expected, verdict, reasons, wrong };
}

/** What is not as it was once the run is over. */
async function leftover(api: Api, row: Row, namespace: string, original: KubeObject | undefined): Promise<string[]> {
  const made = row.made ? await api.get(row.made(namespace)) : undefined;
  if (made?.ok) return [`${made.value.kind} ${made.value.metadata.name} is still there`];
  if (row.victim === undefined || original === undefined || row.stir !== undefined) return [];
  const got = await api.get(row.victim(namespace));
  if (!got.ok) return [`${original.kind} ${original.metadata.name}: ${got.message}`];
  return essence(got.value) === essence(original)
    ? []
    : [`${original.kind} ${original.metadata.name} is not as it was`];
}

async function available(api: Api, clock: typeof systemClock, namespace: string): Promise<void> {
  for (let looks = 0; looks < 600; looks += 1) {
    const got = await must(api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' }));
    if ((got.status as { availableReplicas?: number } | undefined)?.availableReplicas === 2) return;
    await clock.sleep(500);
  }
  throw new Error(`Deployment ${namespace}/web did not come up`);
}

function experiment(row: Row, namespace: string): LoadedExperiment {
  return {
    path: '-',
    sha256: '0'.repeat(64),
    experiment: {
      apiVersion: 'chaos.operatorchaos.io/v1alpha1',
      kind: 'ChaosExperiment',
      metadata: { name: `matrix-${row.type.toLowerCase()}`, namespace },
      spec: {
        tier: 1,
        target: { operator: 'matrix', component: 'web' },
        steadyState: {
          checks: [
            {
              type: 'fieldEquals',
              apiVersion: 'v1',
              kind: 'ConfigMap',
              name: 'health',
              namespace,
              fieldPath: 'data.state',
              expectedValue: 'ok',
            },
          ],
          timeoutMs: 3_000,
        },
        injection: { type: row.type, parameters: row.parameters(namespace), count: 1, dangerLevel: 'high' },
        hypothesis: { description: 'it lives on', recoveryTimeoutMs: RECOVERY_MS, recoveryTimeoutGiven: true },
        blastRadius: {
          maxPodsAffected: 5,
          allowedNamespaces: row.isClusterScoped ? [] : [namespace, SCRATCH(namespace)],
          forbiddenResources: [],
          allowDangerous: true,
          dryRun: false,
        },
      },
    },
  };
}
