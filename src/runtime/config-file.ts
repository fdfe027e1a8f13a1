import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { type Clean, sanitise } from '../text/sanitise.ts';

/** The configuration file; every member may be left out. */
export interface Config {
  /** Contexts (exact names or `*` patterns) in which an injection needs the cluster's name typed. */
  protected: string[];
  readOnly: boolean;
  ascii: boolean;
  /** When the guardian reverts what a dead console or run left: at its TTL, or at once. `off`: no guardian is started. */
  guardian: 'at-ttl' | 'at-once' | 'off';
  /** Whether a run locks its operator against the runs of others, and where the Leases of the locks live. */
  lock: 'on' | 'off';
  lockNamespace: string;
  /** The console's theme, and its keys by command. */
  theme: string;
  keys: Record<string, string | string[]>;
}

export type ConfigReading = { ok: true; config: Config } | { ok: false; message: Clean };

/** The configuration file as it may be written. */
export const CONFIG = z.strictObject({
  protected: z.array(z.string()).default([]),
  readOnly: z.boolean().default(false),
  ascii: z.boolean().default(false),
  guardian: z.enum(['at-ttl', 'at-once', 'off']).default('at-ttl'),
  // Unquoted, YAML may read these two as true and false.
  lock: z
    .preprocess(value => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value), z.enum(['on', 'off']))
    .default('on'),
  lockNamespace: z.string().min(1).default('default'),
  theme: z.string().min(1).default('terminal'),
  keys: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
}) satisfies z.ZodType<Config>;

/** Reads the text of a configuration file. What is wrong with it comes back as one line. */
export function parseConfig(path: string, text: string): ConfigReading {
  try {
    const document: unknown = parse(text) ?? {};
    const result = CONFIG.safeParse(document);
    if (result.success) return { ok: true, config: result.data };
    return { ok: false, message: sanitise(`configuration ${path}: ${wrong(result.error.issues[0], document)}`) };
  } catch (error) {
    return { ok: false, message: sanitise(`configuration ${path}: ${unreadable(error)}`) };
  }
}

const EXPECTED: Record<keyof Config, string> = {
  protected: 'a list of context names, such as [prod-eu, prod-*]',
  readOnly: 'true or false',
  ascii: 'true or false',
  guardian: 'at-ttl, at-once or off',
  lock: 'on or off',
  lockNamespace: 'the name of a namespace',
  theme: 'terminal, colour-blind, mono or the name of a file in the folder themes',
  keys: 'a key, or a list of keys, for each command, such as {arm: x}',
};
const isMember = (name: unknown): name is keyof Config => typeof name === 'string' && Object.hasOwn(EXPECTED, name);

/** What is wrong with a document that can be read: what was expected, what was found, and what to do. */
function wrong(issue: z.core.$ZodIssue | undefined, document: unknown): string {
  const members = Object.keys(EXPECTED).join(', ');
  if (issue?.code === 'unrecognized_keys')
    return `expected only ${members}, found ${issue.keys.join(', ')}: take it out, or mend its spelling`;
  const [member, ...rest] = issue?.path ?? [];
  if (!isMember(member))
    return `expected a map with any of ${members}, found ${told(document)}: write one setting a line`;
  const at = [member, ...rest].map(String).join('.');
  const value = (document as Record<string, unknown>)[member];
  const found = rest.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown>)[step], value);
  return `${at}: expected ${EXPECTED[member]}, found ${told(found)}: mend it, or leave it out`;
}

/** A value in a few words. */
function told(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : JSON.stringify(value).slice(0, 80);
}

function unreadable(error: unknown): string {
  if (!(error instanceof YAMLParseError))
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const [place] = error.linePos ?? [];
  const where = place === undefined ? '' : `line ${place.line}, column ${place.col}: `;
  const what =
    error.code === 'DUPLICATE_KEY'
      ? 'the same setting twice'
      : 'what is no YAML (a bracket, quote or indent that does not fit)';
  return `${where}expected a map of settings, found ${what}: mend that line`;
}
