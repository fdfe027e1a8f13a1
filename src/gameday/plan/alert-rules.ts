import { z } from 'zod';
import { duration, httpUrl, words } from './fields.ts';
import { httpConfig } from './http-config.ts';

/** Labels with the values they must have; `*` matches anything. */
export const matchers = z.record(z.string().min(1), words).meta({
  description: 'labels that an alert must have; * in a value stands for anything, alertname is its name',
  examples: [{ severity: 'critical' }],
});

/** The addresses at which monitoring lists firing alerts. */
export const alerts = z
  .strictObject({
    prometheus: httpUrl.optional().meta({ description: 'the server, without /api/v1/query' }),
    alertmanager: httpUrl.optional().meta({ description: 'the server, without /api/v2/alerts' }),
    http_config: httpConfig.optional(),
    match: matchers.default({}),
    timeout: duration.default(5_000).meta({ default: '5s' }),
  })
  .check(context => {
    const { prometheus, alertmanager } = context.value;
    if (prometheus === undefined && alertmanager === undefined)
      context.issues.push({
        code: 'custom',
        message: 'expected prometheus, alertmanager or both, found neither',
        input: context.value,
      });
  })
  .meta({ description: 'where monitoring lists firing alerts: one that begins while a fault is in is T2' });
