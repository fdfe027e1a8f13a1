import { parse } from 'yaml';
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
}

export type ConfigReading = { ok: true; config: Config } | { ok: false; message: Clean };

const Document = z.strictObject({
  protected: z.array(z.string()).default([]),
  readOnly: z.boolean().default(false),
  ascii: z.boolean().default(false),
  guardian: z.enum(['at-ttl', 'at-once', 'off']).default('at-ttl'),
  // Unquoted, YAML may read these two as true and false.
  lock: z
    .preprocess(value => (typeof value === 'boolean' ? (value ? 'on' : 'off') : value), z.enum(['on', 'off']))
    .default('on'),
  lockNamespace: z.string().min(1).default('default'),
}) satisfies z.ZodType<Config>;

/** Reads the text of a configuration file. What is wrong with it comes back as one line. */
export function parseConfig(path: string, text: string): ConfigReading {
  try {
    const result = Document.safeParse(parse(text) ?? {});
    if (result.success) return { ok: true, config: result.data };
    const issue = result.error.issues[0];
    const where = issue?.path.join('.') || 'document';
    return { ok: false, message: sanitise(`configuration ${path}: ${where}: ${issue?.message ?? 'not understood'}`) };
  } catch (error) {
    return { ok: false, message: sanitise(`configuration ${path}: ${(error as Error).message.split('\n')[0]}`) };
  }
}
