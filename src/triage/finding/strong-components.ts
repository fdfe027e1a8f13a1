/**
 * The strongly connected components of a directed graph (Tarjan). A component comes after every component that it
 * leads to.
 */
export function stronglyConnectedComponents<Node>(
  nodes: readonly Node[],
  next: (node: Node) => Iterable<Node>,
): Node[][] {
  const index = new Map<Node, number>();
  const low = new Map<Node, number>();
  const open: Node[] = [];
  const isOpen = new Set<Node>();
  const parts: Node[][] = [];

  const enter = (node: Node) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, rest: next(node)[Symbol.iterator]() };
  };
  const lower = (node: Node, to: number | undefined) => low.set(node, Math.min(low.get(node) ?? 0, to ?? 0));

  const close = (node: Node) => {
    if (low.get(node) !== index.get(node)) return;
    const part = open.splice(open.lastIndexOf(node));
    for (const each of part) isOpen.delete(each);
    parts.push(part);
  };

  for (const start of nodes) {
    if (index.has(start)) continue;
    // An explicit stack: recursion over a chain of thousands of findings would overflow the call stack.
    const path = [enter(start)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const step = at.rest.next();
      if (step.done) {
        path.pop();
        const above = path.at(-1);
        if (above) lower(above.node, low.get(at.node));
        close(at.node);
      } else if (!index.has(step.value)) path.push(enter(step.value));
      else if (isOpen.has(step.value)) lower(at.node, index.get(step.value));
    }
  }
  return parts;
}
