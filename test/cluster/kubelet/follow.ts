import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../controlplane/api.ts';
import type { Metadata } from './types.ts';

interface Listed {
  readonly metadata: Metadata;
}

export interface Following<T> {
  /** The objects as last seen, by uid. */
  readonly objects: ReadonlyMap<string, T>;
  stop(): void;
}

/**
 * Lists `path` and then watches it, and lists again whenever the watch ends, for whatever reason.
 * `changed` is called for each new or changed object, `gone` for each that is there no more.
 */
export function follow<T extends Listed>(
  api: Api,
  path: string,
  on: { readonly changed?: (object: T) => void; readonly gone?: (object: T) => void } = {},
): Following<T> {
  const ended = new AbortController();
  const objects = new Map<string, T>();
  const see = (object: T): void => {
    if (objects.get(object.metadata.uid)?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    objects.set(object.metadata.uid, object);
    on.changed?.(object);
  };
  const lose = (uid: string): void => {
    const object = objects.get(uid);
    objects.delete(uid);
    if (object !== undefined) on.gone?.(object);
  };
  const join = path.includes('?') ? '&' : '?';

  const round = async (): Promise<void> => {
    const { body } = await api.must('GET', path);
    const present = new Set<string>((body.items as T[]).map(each => each.metadata.uid));
    for (const uid of [...objects.keys()]) if (!present.has(uid)) lose(uid);
    for (const object of body.items as T[]) see(object);
    const watch = `${path}${join}watch=1&resourceVersion=${body.metadata.resourceVersion}`;
    const line = (text: string): void => {
      const { type, object } = JSON.parse(text) as { type: string; object: T };
      if (type === 'ADDED' || type === 'MODIFIED') see(object);
      if (type === 'DELETED') lose(object.metadata.uid);
    };
    await api.lines(watch, line, ended.signal);
  };
  const forever = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      // An API server that is away or restarting is what some tests are about; go on asking.
      await round().catch(() => {});
      await sleep(200);
    }
  };
  void forever();
  return { objects, stop: () => ended.abort() };
}
