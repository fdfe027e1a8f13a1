import { z } from 'zod';
import { abort } from './abort-rules.ts';
import { alerts } from './alert-rules.ts';
import { duration, freezeWindow, namesOnce, oneOf, words } from './fields.ts';
import { probe } from './probe-rules.ts';

/** API version of the plan. It is mayday's own: no other tool has such a document. */
export const GAME_DAY_API = 'mayday.dev/v1alpha1';
export const GAME_DAY_KIND = 'GameDay';

const ROLES = ['owner', 'coordinator', 'reporter', 'observer'] as const;

const person = z.strictObject({
  name: words,
  role: z.enum(ROLES).meta({ description: 'only the owner releases the latch; everybody may stop' }),
  contact: words.optional(),
});

const scope = z.strictObject({
  contexts: z
    .array(words)
    .min(1)
    .optional()
    .meta({ description: 'kubeconfig contexts the day may run in, names or * patterns; none given: any' }),
  namespaces: z.array(words).min(1).meta({ description: 'where the day may inject, and what its baseline is of' }),
});

const SCENARIOS = oneOf(['experiment', 'suite', 'byHand']);
const scenario = z
  .strictObject({
    name: words,
    experiment: words.optional().meta({ description: 'a ChaosExperiment file, from the folder of the plan' }),
    suite: words.optional().meta({
      description:
        'a folder of ChaosExperiments, run by tier, side by side where they share no operator and no namespace',
    }),
    byHand: words.optional().meta({ description: 'what a person does; mayday watches, and asks how it went' }),
    hypothesis: words.optional().meta({ description: 'needed where it is done by hand; else the experiment has one' }),
    set: z.array(words).default([]).meta({ description: 'overrides below spec, such as injection.count=2' }),
    ttl: duration.optional().meta({ description: 'instead of the TTL of the experiment' }),
    soak: duration.optional().meta({ description: 'how long steady counts as recovered' }),
    parallel: z.int().min(1).max(100).optional().meta({ description: 'suite: how many runs at most side by side (4)' }),
    gate: duration.optional().meta({ description: 'suite: how long each run waits for its steady state (2m)' }),
    watchFor: duration.optional().meta({ description: 'by hand, headless: how long to watch' }),
  })
  .check(context => {
    SCENARIOS.check(context);
    for (const name of ['parallel', 'gate'] as const)
      if (context.value[name] !== undefined && context.value.suite === undefined)
        context.issues.push({
          code: 'custom',
          path: [name],
          message: 'expected it only beside suite, found another scenario',
          input: undefined,
        });
    if (context.value.byHand !== undefined && context.value.hypothesis === undefined)
      context.issues.push({
        code: 'custom',
        path: ['hypothesis'],
        message: 'expected what you think will happen, found nothing',
        input: undefined,
      });
  })
  .meta(SCENARIOS.meta);

const notice = z.strictObject({
  when: z.enum(['before', 'after', 'on-abort']),
  to: words,
  text: words,
});

/** A plan of a game-day, as it is written. */
export const gameDaySchema = z
  .strictObject({
    apiVersion: z.literal(GAME_DAY_API),
    kind: z.literal(GAME_DAY_KIND),
    metadata: z.strictObject({
      name: z
        .string()
        .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'expected lower-case letters, digits and dashes, at most 63'),
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
    spec: z
      .strictObject({
        objective: words.meta({ description: 'what is to be learned today' }),
        scope,
        people: z
          .array(person)
          .min(1)
          .check(context => {
            const owners = context.value.filter(({ role }) => role === 'owner').length;
            const message = `expected one person with the role owner, found ${owners}`;
            if (owners !== 1) context.issues.push({ code: 'custom', message, input: context.value });
            namesOnce(context);
          }),
        agenda: z.array(scenario).min(1).check(namesOnce),
        probes: z.array(probe).check(namesOnce).default([]),
        alerts: alerts.optional(),
        abort: abort.prefault({}),
        freeze: z.array(freezeWindow).default([]),
        notices: z.array(notice).default([]),
      })
      .check(context => {
        const { abort: rules, alerts: sources } = context.value;
        if (rules.incident !== false && rules.incident.alerts !== undefined && sources === undefined)
          context.issues.push({
            code: 'custom',
            path: ['abort', 'incident', 'alerts'],
            message: 'expected spec.alerts to name a source of alerts, found none',
            input: rules.incident.alerts,
          });
      }),
  })
  .meta({ id: 'GameDay', title: 'GameDay', description: "mayday's plan of a game-day" });

/** A plan after reading: defaults applied, durations and moments in milliseconds. */
export type GameDay = z.output<typeof gameDaySchema>;

type Person = GameDay['spec']['people'][number];
export type Role = Person['role'];
