import type { ObjectRow } from '../../health/table/object-row.ts';
import { matches, parseSelector } from '../../k8s/selector-text.ts';

/** One word of a filter. `inactive` says why it is not applied. */
export interface FilterTerm {
  text: string;
  test?: (row: ObjectRow) => boolean;
  inactive?: string;
  /** Set where the term says which kinds are meant: a part of their names, in lower case. */
  kind?: string;
}

/**
 * The terms of a filter, all of which a row must meet: `kind:deploy` its kind, of all kinds, `ns:shop` its namespace, `-l app=web` its labels, `state:fail` how it is, `/re/` a
 * regular expression and any other word a part of its namespace, name or state; `!` in front turns a term around.
 */
export function filterTerms(text: string): FilterTerm[] {
  const terms: FilterTerm[] = [];
  const words = text.trim().split(/\s+/).filter(Boolean);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-l') {
      i++;
      terms.push(labelTerm(words[i] ?? ''));
    } else if (word.startsWith('!') && word.length > 1) terms.push(turned(wordTerm(word.slice(1)), word));
    else terms.push(wordTerm(word));
  }
  return terms;
}

/** Whether a row meets every term that is active. */
export const meets = (row: ObjectRow, terms: readonly FilterTerm[]): boolean =>
  terms.every(({ test }) => test === undefined || test(row));

const turned = ({ test, inactive }: FilterTerm, text: string): FilterTerm =>
  test === undefined ? { text, ...(inactive !== undefined && { inactive }) } : { text, test: row => !test(row) };

function labelTerm(selector: string): FilterTerm {
  const text = `-l ${selector}`.trim();
  if (selector === '') return { text, inactive: 'expected a label selector' };
  const requirements = parseSelector(selector);
  return typeof requirements === 'string'
    ? { text, inactive: requirements }
    : { text, test: ({ labels }) => matches(requirements, labels) };
}

function wordTerm(word: string): FilterTerm {
  const [, name = '', value = ''] = /^(ns|kind|state):(.*)$/.exec(word) ?? [];
  if (name !== '' && value === '') return { text: word, inactive: `expected something behind ${name}:` };
  if (name === 'ns') return { text: word, test: ({ ref }) => (ref.namespace ?? '').includes(value) };
  if (name === 'kind') {
    const kind = value.toLowerCase();
    return { text: word, kind, test: ({ ref }) => ref.kind.toLowerCase().includes(kind) };
  }
  if (name === 'state') return { text: word, test: ({ state }) => state.startsWith(value.toLowerCase()) };
  const pattern = /^\/(.+)\/$/.exec(word)?.[1];
  if (pattern !== undefined) return patternTerm(word, pattern);
  const wanted = word.toLowerCase();
  return { text: word, test: row => searched(row).toLowerCase().includes(wanted) };
}

/** Long patterns, and nested repetitions, can take exponential time on some names. */
const LONGEST_PATTERN = 100;
const NESTED = /[+*}]\)?[+*{]/;

function patternTerm(text: string, pattern: string): FilterTerm {
  if (pattern.length > LONGEST_PATTERN || NESTED.test(pattern)) return { text, inactive: 'too costly a pattern' };
  try {
    const expression = new RegExp(pattern, 'i');
    return { text, test: row => expression.test(searched(row)) };
  } catch {
    return { text, inactive: 'not a regular expression' };
  }
}

const searched = ({ ref, words }: ObjectRow): string => `${ref.namespace ?? ''}/${ref.name} ${words}`;
