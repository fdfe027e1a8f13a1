import type { Api } from '../../src/kube/api.ts';
import type { Clock } from '../../src/kube/clock.ts';
import { connect } from '../../src/kube/connection.ts';
import type { KubeObject, ObjectRef } from '../../src/kube/object.ts';
import { refOf } from '../../src/revert/recognise.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { asNew, WIDGETS } from '../support/recorded-live.ts';
import { type Shot, textOf } from './shot.ts';
import { keyOf } from './world.ts';

/** A sandbox behind HTTP with a shop to injure, and the sight of it that never meets trouble. */
export interface Yard {
  url: string;
  token: string;
  api: Api;
  /** Makes the objects that are not there; gives those that it made. */
  furnish(objects: readonly KubeObject[]): Promise<ObjectRef[]>;
  clear(refs: readonly ObjectRef[]): Promise<void>;
  /** The objects of these names, less the pods, which live a life of their own. */
  shot(refs: readonly ObjectRef[]): Promise<Shot>;
  close(): Promise<void>;
}

export async function openYard(clock: Clock, speed = 1): Promise<Yard> {
  const running = await startSandbox({ seed: 1, speed });
  const { url, token } = running;
  const connected = await connect({ server: url, token, ca: running.certificate, clock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const furnish = async (objects: readonly KubeObject[]) => {
    const made: ObjectRef[] = [];
    for (const object of objects) {
      const outcome = await api.create(asNew(object));
      if (outcome.ok) made.push(refOf(outcome.value));
      else if (outcome.reason !== 'already-exists') throw new Error(`${keyOf(object)}: ${outcome.message}`);
    }
    return made;
  };
  await furnish([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, WIDGETS]);
  await api.discovery(true);
  return {
    url,
    token,
    api,
    furnish,
    clear: async refs => {
      for (const { uid: _uid, ...ref } of refs.toReversed()) await api.remove(ref, { gracePeriodSeconds: 0 });
    },
    shot: async refs => {
      const all = await Promise.all(
        refs
          .filter(({ kind }) => kind !== 'Pod')
          .map(async ({ uid: _uid, ...ref }) => {
            const got = await api.get(ref);
            return [keyOf({ ...ref, metadata: ref }), got.ok ? textOf(got.value) : got.reason] as const;
          }),
      );
      return new Map(all);
    },
    close: async () => {
      await api.close();
      await running.stop();
    },
  };
}
