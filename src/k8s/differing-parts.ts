type Value = unknown;
type Members = Readonly<Record<string, Value>>;

/**
 * What of two JSON values differs: both without the members that are equal. Lists of one length are compared entry by entry and keep only
 * the entries that differ, with their names; other lists are kept whole. `[undefined, undefined]` if the values are equal.
 */
export function differingParts(one: Value, other: Value): [Value, Value] {
  if (isMembers(one) && isMembers(other)) return partsOfMembers(one, other);
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    const parts = one.map((entry, index) => partsOfEntry(entry, other[index])).filter(isDifferent);
    return parts.length === 0 ? [undefined, undefined] : [parts.map(([a]) => a), parts.map(([, b]) => b)];
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [undefined, undefined] : [one, other];
}

/** The parts of two list entries; those of one name, such as containers, keep it. */
function partsOfEntry(one: Value, other: Value): [Value, Value] {
  const [a, b] = differingParts(one, other);
  if (!isMembers(one) || !isMembers(other) || one.name !== other.name || one.name === undefined) return [a, b];
  return isDifferent([a, b])
    ? [
        { name: one.name, ...(a ?? {}) },
        { name: other.name, ...(b ?? {}) },
      ]
    : [a, b];
}

function partsOfMembers(one: Members, other: Members): [Value, Value] {
  const parts = [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .map(key => [key, differingParts(one[key], other[key])] as const)
    .filter(([, pair]) => isDifferent(pair));
  if (parts.length === 0) return [undefined, undefined];
  const side = (index: 0 | 1) =>
    Object.fromEntries(parts.flatMap(([key, pair]) => (pair[index] === undefined ? [] : [[key, pair[index]]])));
  return [side(0), side(1)];
}

const isDifferent = ([one, other]: readonly [Value, Value]): boolean => one !== undefined || other !== undefined;

const isMembers = (value: Value): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
