/** The conditions that end a day's injection by themselves. */
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
