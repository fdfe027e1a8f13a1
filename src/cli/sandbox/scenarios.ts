import { SCENARIOS } from '../../sandbox/scenarios/registry.ts';

/** The scenarios of the sandbox, for the completion of a shell. */
export const scenarioCandidates = (): { value: string; says: string }[] =>
  SCENARIOS.map(({ name, summary }) => ({ value: name, says: summary }));
