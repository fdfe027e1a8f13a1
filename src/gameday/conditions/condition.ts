/** The abort conditions: each of them ends the current injection without a person. */
export const CONDITIONS = [
  'collateral',
  'probes',
  'api',
  'watch',
  'timeBox',
  'secondInjection',
  'incident',
  'clockSkew',
  'ttlOvershoot',
] as const;
export type ConditionId = (typeof CONDITIONS)[number];
