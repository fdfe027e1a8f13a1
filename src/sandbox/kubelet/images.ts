import type { Pod } from '../controllers/kinds.ts';

/** Which images each node has already pulled. */
export interface Images {
  has(node: string, image: string): boolean;
  add(node: string, image: string): void;
  /** Images of pods that ran before the sandbox was started are on every node. */
  keepEverywhere(pod: Pod): void;
}

const EVERYWHERE = '';

/** Nodes that have pulled nothing yet. */
export function createImages(): Images {
  const images = new Map<string, Set<string>>();
  const on = (node: string): Set<string> => {
    const set = images.get(node) ?? new Set<string>();
    images.set(node, set);
    return set;
  };
  return {
    has: (node, image) => on(EVERYWHERE).has(image) || on(node).has(image),
    add: (node, image) => void on(node).add(image),
    keepEverywhere(pod) {
      for (const { image } of pod.spec.containers) if (image) on(EVERYWHERE).add(image);
    },
  };
}
