import type { Write } from './write.ts';

/** What a write says of itself, to stand after its verb: a verb that its words begin with is not said twice. */
export const saysAfterVerb = ({ verb, says }: Pick<Write, 'verb' | 'says'>): string =>
  says.startsWith(`${verb} `) ? says.slice(verb.length + 1) : says;
