/** A count with its noun, as in `1 pod` and `3 pods`; `many` is for irregular plurals and for a verb after the noun. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
