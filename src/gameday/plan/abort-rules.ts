import { z } from 'zod';
import { matchers } from './alert-rules.ts';
import { duration, words } from './fields.ts';

const off = z.literal(false);
/** The abort conditions of a plan. All are on unless the plan turns them off with `false`. */
export const abort = z.strictObject({
  collateral: z
    .union([
      off,
      z.strictObject({ for: duration.default(10_000).meta({ default: '10s' }), except: z.array(words).default([]) }),
    ])
    .prefault({})
    .meta({ description: 'a workload that is not a target of the scenario stops serving' }),
  probes: z
    .union([off, z.strictObject({ brokenFor: duration.default(60_000).meta({ default: '1m' }) })])
    .prefault({})
    .meta({ description: 'a steady-state probe is broken for longer' }),
  api: z
    .union([
      off,
      z.strictObject({
        p95: duration.default(5_000).meta({ default: '5s' }),
        errors: z.int().min(1).default(5),
        window: duration.default(30_000).meta({ default: '30s' }),
      }),
    ])
    .prefault({})
    .meta({ description: "the day's own calls become slow or fail" }),
  watch: z
    .union([off, z.strictObject({ lostFor: duration.default(15_000).meta({ default: '15s' }) })])
    .prefault({})
    .meta({
      description:
        'the cluster cannot be read any more, or what a revert needs is not permitted any more: a revert is not certain',
    }),
  timeBox: z
    .union([off, duration])
    .default(2 * 3_600_000)
    .meta({ description: 'how long the day may take', default: '2h' }),
  secondInjection: z.boolean().default(true).meta({ description: 'an injection that does not belong to the game-day' }),
  incident: z
    .union([
      off,
      z.strictObject({
        for: duration.default(10_000).meta({ default: '10s' }),
        alerts: matchers
          .optional()
          .meta({ description: 'an alert with these labels that names no namespace of the scope is an incident, too' }),
      }),
    ])
    .prefault({})
    .meta({ description: 'a node or an Argo CD application outside turns unhealthy' }),
  clockSkew: z
    .union([off, duration])
    .default(5_000)
    .meta({ description: 'the clocks of this machine and of the cluster differ by more', default: '5s' }),
  ttlOvershoot: z
    .union([off, duration])
    .default(10_000)
    .meta({ description: 'a fault is still injected this long after its TTL', default: '10s' }),
});
