import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { freezeWindow } from '../gameday/plan/fields.ts';
import { NOTICE_KINDS } from '../notify/notice.ts';
import { type Receiver, SHAPES } from '../notify/receiver.ts';
import type { FreezeWindow } from '../safety/freeze.ts';
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
  /** Receivers of notices of injections, reverts and verdicts. */
  notify: Receiver[];
  /** A file with more receivers, such as a mounted Secret; relative to the folder of this file. */
  notifyFrom?: string | undefined;
  /** Whether runs write Kubernetes Events on the object that they are about. */
  clusterEvents: 'on' | 'off';
  /** Periods in which nothing is injected. */
  freeze: FreezeWindow[];
}

export type ConfigReading = { ok: true; config: Config } | { ok: false; message: Clean };

const isHttp = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

const receiver = z.strictObject({
  url: z
    .string()
    .refine(isHttp)
    .meta({ description: 'http:// or https://; a user name and password in it are sent as a header' }),
  as: z.enum(SHAPES).default('cloudevents'),
  events: z.array(z.enum(NOTICE_KINDS)).optional().meta({ description: 'only these; all where there is none' }),
  headers: z.record(z.string(), z.string()).optional().meta({ description: 'sent with each, such as Authorization' }),
});

// Unquoted, YAML may read these two as true and false.
const onOrOff = z
  .preprocess(value => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value), z.enum(['on', 'off']))
  .default('on');

/** The schema of the configuration file. */
export const CONFIG = z.strictObject({
  protected: z.array(z.string()).default([]),
  readOnly: z.boolean().default(false),
  ascii: z.boolean().default(false),
  guardian: z.enum(['at-ttl', 'at-once', 'off']).default('at-ttl'),
  lock: onOrOff,
  lockNamespace: z.string().min(1).default('default'),
  theme: z.string().min(1).default('terminal'),
  keys: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  notify: z.array(receiver).default([]),
  notifyFrom: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'a file with a list of more receivers; relative to the folder of this file' }),
  clusterEvents: onOrOff,
  freeze: z.array(freezeWindow).default([]),
}) satisfies z.ZodType<Config>;

/** Parses a configuration file. An error is given as one line. */
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
  notify:
    'a list of receivers, each with url (http or https) and as (cloudevents, slack, mattermost or grafana), if need be events and headers',
  notifyFrom: 'the path of a file with a list of receivers',
  clusterEvents: 'on or off',
  freeze: 'a list of times, each with from, to (moments such as "2026-12-24T00:00:00Z", from before to) and why',
};
const isMember = (name: unknown): name is keyof Config => typeof name === 'string' && Object.hasOwn(EXPECTED, name);

/** What is wrong with a document that can be read: what was expected, what was found, and what to do. */
function wrong(issue: z.core.$ZodIssue | undefined, document: unknown): string {
  const members = Object.keys(EXPECTED).join(', ');
  if (issue?.code === 'unrecognized_keys' && issue.path.length > 0)
    return `${issue.path.join('.')}: expected only ${issue.path[0] === 'freeze' ? 'from, to, why' : 'url, as, events, headers'}, found ${issue.keys.join(', ')}: take it out, or correct its spelling`;
  if (issue?.code === 'unrecognized_keys')
    return `expected only ${members}, found ${issue.keys.join(', ')}: take it out, or correct its spelling`;
  const [member, ...rest] = issue?.path ?? [];
  if (!isMember(member))
    return `expected a map with any of ${members}, found ${foundText(document)}: write one setting a line`;
  const at = [member, ...rest].map(String).join('.');
  const value = (document as Record<string, unknown>)[member];
  const found =
    member === 'notify'
      ? HIDDEN
      : foundText(rest.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown>)[step], value));
  return `${at}: expected ${EXPECTED[member]}, found ${found}: correct it, or leave it out`;
}

/** Addresses and headers may be secrets, so their values are never shown. */
const HIDDEN = 'something else (not shown, it may hold a secret)';

/** Reads the list of receivers in the text of a file. An error never quotes the text: it may hold secrets. */
export function parseReceivers(
  path: string,
  text: string,
): { ok: true; receivers: Receiver[] } | { ok: false; message: Clean } {
  try {
    const result = z.array(receiver).safeParse(parse(text));
    if (result.success) return { ok: true, receivers: result.data };
  } catch {
    // The error of the parser would quote the text.
  }
  return { ok: false, message: sanitise(`${path}: expected ${EXPECTED.notify}, found ${HIDDEN}: correct it`) };
}

/** A value as messages name it, in a few words. */
function foundText(value: unknown): string {
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
  return `${where}expected a map of settings, found ${what}: correct that line`;
}
