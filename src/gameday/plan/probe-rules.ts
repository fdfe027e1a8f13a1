import { z } from 'zod';
import { CHECK_TYPES } from '../../experiment/types.ts';
import { duration, httpUrl, oneOf, words } from './fields.ts';
import { httpConfig } from './http-config.ts';

const check = z.strictObject({
  type: z.enum(CHECK_TYPES),
  apiVersion: words,
  kind: words,
  name: words,
  namespace: words.optional(),
  conditionType: words.optional(),
  fieldPath: words.optional(),
  expectedValue: z.string().optional(),
});

const http = z.strictObject({
  url: httpUrl,
  status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .default([200])
    .meta({ description: 'status codes that count as healthy' }),
  within: duration.default(2_000).meta({ default: '2s', description: 'slower than this is broken' }),
  contains: words.optional().meta({ description: 'a text that the answer must hold' }),
  http_config: httpConfig.optional(),
});

const command = z.strictObject({
  run: z.array(words).min(1).meta({ description: 'the program and its arguments; no shell' }),
  exitCode: z.int().min(0).max(255).default(0),
  contains: words.optional().meta({ description: 'a text that standard output must hold' }),
  timeout: duration.default(10_000).meta({ default: '10s' }),
});

const prometheus = z.strictObject({
  url: httpUrl.meta({ description: 'the server, without /api/v1/query' }),
  query: words.meta({ description: 'PromQL that gives one number, or several that must all be within the bounds' }),
  min: z.number().optional(),
  max: z.number().optional(),
  http_config: httpConfig.optional(),
  timeout: duration.default(5_000).meta({ default: '5s' }),
});

const PROBES = oneOf(['check', 'http', 'command', 'prometheus']);
/** A steady-state probe: exactly one of check, http, command and prometheus. */
export const probe = z
  .strictObject({
    name: words,
    check: check.optional(),
    http: http.optional(),
    command: command.optional(),
    prometheus: prometheus.optional(),
  })
  .check(context => {
    PROBES.check(context);
    const { prometheus: promQl } = context.value;
    if (promQl && promQl.min === undefined && promQl.max === undefined)
      context.issues.push({
        code: 'custom',
        path: ['prometheus'],
        message: 'expected min, max or both, found neither',
        input: promQl,
      });
  })
  .meta(PROBES.meta);
