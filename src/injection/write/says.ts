import type { Write } from './write.ts';

/** The description of a write, to be shown after its verb; if it begins with the verb, the verb is left out. */
export const saysAfterVerb = ({ verb, says }: Pick<Write, 'verb' | 'says'>): string =>
  says.startsWith(`${verb} `) ? says.slice(verb.length + 1) : says;
