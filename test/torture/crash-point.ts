import type { Files } from '../../src/host/files.ts';
import type { Api } from '../../src/kube/client/api.ts';

/** Something that dies at one of the moments that it is asked to live through. */
export interface CrashPoint {
  /** One moment. When it is the last, `dead` resolves and this never does: a dead process neither returns nor throws. */
  pulse(): Promise<void>;
  /** Moments lived through. */
  readonly moments: number;
  readonly isDead: boolean;
  readonly dead: Promise<'dead'>;
}

/** Dies at this moment, counted from 1. */
export function crashAt(last = Number.POSITIVE_INFINITY): CrashPoint {
  let moments = 0;
  let die: (value: 'dead') => void = () => undefined;
  const dead = new Promise<'dead'>(resolve => {
    die = resolve;
  });
  return {
    dead,
    get moments() {
      return moments;
    },
    get isDead() {
      return moments >= last;
    },
    pulse: () => {
      moments += 1;
      if (moments < last) return Promise.resolve();
      die('dead');
      return new Promise(() => undefined);
    },
  };
}

const around = async <T>(life: CrashPoint, act: () => Promise<T>): Promise<T> => {
  await life.pulse();
  const done = await act();
  await life.pulse();
  return done;
};

/** The same API; every write is a moment before it is sent, and another when it is carried out and not yet answered. */
export function crashingApi(api: Api, life: CrashPoint): Api {
  return {
    ...api,
    get requests() {
      return api.requests;
    },
    create: (object, options) =>
      object.kind.endsWith('Review') ? api.create(object, options) : around(life, () => api.create(object, options)),
    replace: (object, options) => around(life, () => api.replace(object, options)),
    patch: (ref, type, body, options) => around(life, () => api.patch(ref, type, body, options)),
    remove: (ref, options) => around(life, () => api.remove(ref, options)),
  };
}

/** A disk is slower than any answer of the cluster: whoever does not wait for it has nothing there when it dies meanwhile. */
async function onDisk(life: CrashPoint, act: () => void): Promise<void> {
  for (let turns = 0; turns < 200; turns += 1) await undefined;
  if (!life.isDead) act();
}

/** Files in memory. Every record is a moment before it is on the disk, and another when it is. */
export function crashingFiles(store: Map<string, string>, life: CrashPoint): Files {
  return {
    openAppend: async path => ({
      append: text => around(life, () => onDisk(life, () => store.set(path, (store.get(path) ?? '') + text))),
      close: async () => undefined,
    }),
    read: async path => store.get(path),
    list: async path => {
      const below = [...store.keys()].filter(key => key.startsWith(`${path}/`));
      return [...new Set(below.map(key => key.slice(path.length + 1).split('/')[0] ?? ''))];
    },
    write: (path, text) => around(life, () => onDisk(life, () => store.set(path, text))),
  };
}
