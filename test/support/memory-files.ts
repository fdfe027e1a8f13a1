import type { Files } from '../../src/host/files.ts';

/** A disk in memory. */
export function memoryFiles(): Files & { store: Map<string, string> } {
  const store = new Map<string, string>();
  const children = (path: string) =>
    [...store.keys()]
      .filter(key => key.startsWith(`${path}/`))
      .map(key => key.slice(path.length + 1).split('/')[0] ?? '');
  return {
    store,
    openAppend: async path => ({
      append: async text => void store.set(path, (store.get(path) ?? '') + text),
      close: async () => undefined,
    }),
    read: async path => store.get(path),
    list: async path => [...new Set(children(path))],
    write: async (path, text) => void store.set(path, text),
  };
}
