/** Allocates pod addresses from 10.244.0.0/16, a quarter of it for each node. No address is in use twice. */
export interface Addresses {
  take(node: number): string;
  /** Marks an address as in use (a pod that already has one). */
  hold(ip: string): void;
  free(ip: string | undefined): void;
}

const BLOCKS = 64;
const HOSTS = 254;

/** An allocator without any address in use. */
export function createAddresses(): Addresses {
  const used = new Set<string>();
  const next = new Map<number, number>();
  const nth = (node: number, n: number) => `10.244.${(node % 4) * BLOCKS + Math.floor(n / HOSTS)}.${(n % HOSTS) + 1}`;
  return {
    take(node) {
      let n = next.get(node) ?? 1;
      while (used.has(nth(node, n))) n = (n + 1) % (BLOCKS * HOSTS);
      next.set(node, (n + 1) % (BLOCKS * HOSTS));
      used.add(nth(node, n));
      return nth(node, n);
    },
    hold: ip => {
      used.add(ip);
    },
    free: ip => {
      if (ip) used.delete(ip);
    },
  };
}
