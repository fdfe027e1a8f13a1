import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** The configuration file; every member may be left out. */
const Config = z.strictObject({
  /** Contexts (exact names or `*` patterns) in which dangerous injections need the cluster's name typed. */
  protected: z.array(z.string()).default([]),
  readOnly: z.boolean().default(false),
  ascii: z.boolean().default(false),
});
export type Config = z.infer<typeof Config>;

/**
 * Reads the configuration file. A missing file is an empty one unless it was asked for by name.
 * Errors come back as one line.
 */
export function readConfig(
  path: string,
  askedFor: boolean,
): { ok: true; config: Config } | { ok: false; message: string } {
  if (!existsSync(path)) {
    if (askedFor) return { ok: false, message: `expected a configuration file, found nothing at ${path}` };
    return { ok: true, config: Config.parse({}) };
  }
  try {
    const result = Config.safeParse(parse(readFileSync(path, 'utf8')) ?? {});
    if (result.success) return { ok: true, config: result.data };
    const issue = result.error.issues[0];
    return {
      ok: false,
      message: `configuration ${path}: ${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'not understood'}`,
    };
  } catch (error) {
    return { ok: false, message: `configuration ${path}: ${(error as Error).message.split('\n')[0]}` };
  }
}

/** Whether a context is named by one of the protected patterns (`*` stands for any run of characters). */
export function isProtected(context: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => {
    const source = pattern
      .split('*')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*');
    return new RegExp(`^${source}$`).test(context);
  });
}
