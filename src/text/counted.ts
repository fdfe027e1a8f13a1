/** A count with its noun, as in `1 pod` and `3 pods`; `many` is for what does not end in an s, and for verbs that come along. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
