/** One line a container wrote; `time` in milliseconds since 1970. */
export interface LogLine {
  time: number;
  text: string;
}

/** The logs of every container, by instance, so that `--previous` works. */
export interface PodLogs {
  /** Adds lines to the running instance of a container. */
  append(namespace: string, pod: string, container: string, ...lines: LogLine[]): void;
  /** The running instance becomes the previous one. */
  rotate(namespace: string, pod: string, container: string): void;
  read(namespace: string, pod: string, container: string, previous?: boolean): readonly LogLine[];
  /** Calls back for each new line. Returns a way to stop. */
  follow(namespace: string, pod: string, container: string, listener: (line: LogLine) => void): () => void;
  /** Forgets a pod. */
  drop(namespace: string, pod: string): void;
}

/** Keeps at most `limit` lines of each container. */
export function createPodLogs(limit = 1000): PodLogs {
  const current = new Map<string, LogLine[]>();
  const earlier = new Map<string, LogLine[]>();
  const followers = new Map<string, Set<(line: LogLine) => void>>();
  const keyOf = (namespace: string, pod: string, container: string) => `${namespace}/${pod}/${container}`;
  return {
    append(namespace, pod, container, ...lines) {
      const key = keyOf(namespace, pod, container);
      const kept = current.get(key) ?? [];
      kept.push(...lines);
      if (kept.length > limit) kept.splice(0, kept.length - limit);
      current.set(key, kept);
      for (const listener of followers.get(key) ?? []) for (const line of lines) listener(line);
    },
    rotate(namespace, pod, container) {
      const key = keyOf(namespace, pod, container);
      earlier.set(key, current.get(key) ?? []);
      current.delete(key);
    },
    read: (namespace, pod, container, previous = false) =>
      (previous ? earlier : current).get(keyOf(namespace, pod, container)) ?? [],
    follow(namespace, pod, container, listener) {
      const key = keyOf(namespace, pod, container);
      const set = followers.get(key) ?? new Set();
      followers.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) followers.delete(key);
      };
    },
    drop(namespace, pod) {
      for (const map of [current, earlier, followers])
        for (const key of map.keys()) if (key.startsWith(`${namespace}/${pod}/`)) map.delete(key);
    },
  };
}
