import { createEngine } from '../../src/engine/engine.ts';
import type { LoadedExperiment } from '../../src/experiment/types.ts';
import type { Clock } from '../../src/host/clock.ts';
import type { Files } from '../../src/host/files.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { pooled } from '../../src/kube/client/pooled.ts';
import type { Verdict } from '../../src/run/event.ts';
import type { RunResult } from '../../src/run/verdict/result.ts';
import { engineDeps } from '../support/engine.ts';
import { loadedExperiment } from '../support/loaded-experiment.ts';
import type { Character } from './characters.ts';
import { type Row, SCRATCH } from './faults.ts';
import type { Ground } from './ground.ts';
import { essence, OPERATOR, podUids, work } from './operator.ts';
import { type Truth, truth } from './truth.ts';
import { furnish, must, prepare } from './world.ts';

/** One field of the matrix: what is true, what was said, and what is wrong with that; empty where nothing is. */
export interface Cell {
  row: Row;
  character: Character;
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

interface How {
  /** Runs side by side. */
  width: number;
  /** How long each has to recover, cluster milliseconds; characters are made for 40 s. */
  recoveryMs?: number;
  tell?: (cell: Cell) => void;
}

/** One run of the matrix: which fault, and what the operator is like. */
export type Pair = readonly [Row, Character];

/**
 * Runs every pair, `width` at a time, each in a namespace of its own. What comes out wrong is run once more, alone: on a machine that
 * cannot keep up, an operator is late for its part and somebody else than the one in the table.
 */
export async function matrix(
  pairs: readonly Pair[],
  ground: Ground,
  { width, recoveryMs = RECOVERY_MS, tell = () => undefined }: How,
): Promise<{ cells: Cell[]; again: number }> {
  await prepare(ground.api);
  let number = 0;
  const run = async ([row, character]: Pair) => {
    number += 1;
    const namespace = `m${number}-${character.name}`;
    const cell = await play(ground, { row, character, namespace, recoveryMs });
    tell(cell);
    return cell;
  };
  const first = await pooled(pairs, width, run);
  const cells: Cell[] = [];
  for (const cell of first) cells.push(cell.wrong.length > 0 ? await run([cell.row, cell.character]) : cell);
  return { cells, again: first.filter(({ wrong }) => wrong.length > 0).length };
}

async function play(
  { api, clock }: Ground,
  { row, character, namespace, recoveryMs }: { row: Row; character: Character; namespace: string; recoveryMs: number },
): Promise<Cell> {
  await furnish(api, namespace, character.isSick ? 'broken' : 'ok', row.needs?.(namespace));
  await available(api, clock, namespace);
  const original = row.victim ? await must(api.get(row.victim(namespace))) : undefined;
  const pods = (await podUids(api, namespace)) ?? [];
  const over = new AbortController();
  const working = work({ api, clock }, { row, character, namespace, original, pods }, over.signal);
  const engine = createEngine(engineDeps({ api, clock, files: NOWHERE, stateDir: '/nowhere', host: 'matrix' }));
  const { result } = await engine.run(experiment(row, namespace, recoveryMs), {
    emit: () => undefined,
    soakMs: SOAK_MS,
  });
  over.abort();
  await working;
  const expected = truth(row, character);
  const wrong = [
    ...mistakes(row, expected, result),
    ...(expected.isLeft === false ? await leftover(api, row, namespace, original) : []),
  ];
  return { row, character, verdict: result.verdict, reasons: result.reasons, wrong };
}

/** What the run said that is not so. */
function mistakes(row: Row, { verdicts, isHealed, isLeft }: Truth, said: RunResult): string[] {
  const { verdict, reasons, residue, restoredBy, selfHealed } = said;
  const isToldOf = row.asks === 'self-heal' && row.healedBy === undefined && verdict !== 'Inconclusive';
  const isCredited = selfHealed && restoredBy.includes(row.isUndoneNameless ? 'unknown' : OPERATOR);
  return [
    ...(verdicts.includes(verdict) ? [] : [`said ${verdict}, true is ${verdicts.join(' or ')}: ${reasons.join('; ')}`]),
    ...(isLeft === undefined || residue > 0 === isLeft ? [] : [`said ${residue} remain`]),
    ...(isToldOf && isHealed && !isCredited ? [`restored by ${OPERATOR}, said ${restoredBy}`] : []),
    ...(isToldOf && !isHealed && selfHealed ? ['nobody healed it, said so'] : []),
  ];
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

async function available(api: Api, clock: Clock, namespace: string): Promise<void> {
  for (let looks = 0; looks < 600; looks += 1) {
    const got = await must(api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' }));
    if ((got.status as { availableReplicas?: number } | undefined)?.availableReplicas === 2) return;
    await clock.sleep(500);
  }
  throw new Error(`Deployment ${namespace}/web did not come up`);
}

function experiment(row: Row, namespace: string, recoveryTimeoutMs: number): LoadedExperiment {
  return loadedExperiment(
    {
      name: `matrix-${row.type.toLowerCase()}`,
      namespace,
      ...(row.isTurned ? { annotations: { 'chaos.operatorchaos.io/expect': row.asks } } : {}),
    },
    {
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
      hypothesis: { description: 'it lives on', recoveryTimeoutMs, recoveryTimeoutGiven: true },
      blastRadius: {
        maxPodsAffected: 5,
        allowedNamespaces: row.isClusterScoped ? [] : [namespace, SCRATCH(namespace)],
      },
    },
  );
}
