import { join } from 'node:path';
import { type Baseline, takeBaseline } from '../baseline/baseline.ts';
import { type BaselineDiff, compareBaselines } from '../baseline/compare.ts';
import { readBaseline } from '../baseline/read.ts';
import type { Engine } from '../engine/engine.ts';
import { filesUnder } from '../host/files.ts';
import type { Api } from '../kube/client/api.ts';
import { isRunId, makeRunId } from '../records/run-id.ts';
import { jsonText } from '../text/json.ts';
import type { Runtime } from './runtime.ts';

/** Baselines of one cluster, stored on this machine; only their owner can read the files. */
export interface Baselines {
  /** Takes and stores a baseline, in `folder` where given, else below mayday's state folder. */
  save(namespaces: readonly string[], folder?: string): Promise<{ baseline: Baseline; path: string }>;
  /** Compares a baseline with the present state of its namespaces. Writes nothing. */
  diff(before: Baseline): Promise<BaselineDiff>;
  /** The earliest baseline in a folder. */
  firstIn(folder: string): Promise<Baseline | undefined>;
  /** The baseline with this id, or the last one of this cluster; a text says why there is none. */
  find(id: string | undefined): Promise<Baseline | string>;
}

const DAY_PREFIX = 'baseline-';
const nameOf = (id: string): string => `${id}.json`;

/** The baselines of a cluster that are stored in the state folder of mayday. */
export function baselinesFor(runtime: Runtime, api: Api, engine: Pick<Engine, 'clusterUid'>): Baselines {
  const { state } = runtime.paths;
  const files = filesUnder(state);
  const home = join(state, 'baselines');
  const read = async (path: string): Promise<Baseline | string> => {
    const text = await files.read(path);
    return text === undefined ? `found nothing at ${path}` : readBaseline(text);
  };
  return {
    async save(namespaces, folder = home) {
      const id = makeRunId(runtime.realClock.now(), runtime.random);
      const { baseline } = await takeBaseline(api, {
        id,
        clusterUid: await engine.clusterUid(),
        namespaces: [...new Set(namespaces)].toSorted(),
      });
      const path = join(folder, folder === home ? nameOf(id) : `${DAY_PREFIX}${nameOf(id)}`);
      await files.write(path, `${jsonText(baseline)}\n`);
      return { baseline, path };
    },
    async diff(before) {
      const { id, clusterUid, namespaces } = before;
      return compareBaselines(before, await takeBaseline(api, { id, clusterUid, namespaces }));
    },
    async firstIn(folder) {
      const names = (await files.list(folder)).filter(name => name.startsWith(DAY_PREFIX)).toSorted();
      const [first] = names;
      const found = first === undefined ? undefined : await read(join(folder, first));
      return typeof found === 'string' ? undefined : found;
    },
    async find(id) {
      if (id !== undefined) return isRunId(id) ? read(join(home, nameOf(id))) : `${id} is no id of a baseline`;
      const uid = await engine.clusterUid();
      const names = (await files.list(home)).filter(name => isRunId(name.replace(/\.json$/, '')));
      for (const name of names.toSorted().reverse()) {
        const found = await read(join(home, name));
        if (typeof found !== 'string' && found.clusterUid === uid) return found;
      }
      return 'no baseline of this cluster was saved on this machine';
    },
  };
}
