import { z } from 'zod';
import { DURATION_PATTERN, parseDuration } from '../../text/duration.ts';
import { DURATION_HINT } from '../../text/issue.ts';

/** A duration above zero; parsed to milliseconds. */
export const duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms > 0) return ms;
    context.issues.push({ code: 'custom', message: `expected ${DURATION_HINT}, above zero`, input: text });
    return z.NEVER;
  })
  .meta({ description: `${DURATION_HINT}`, examples: ['90s', '10m'], pattern: DURATION_PATTERN });

const MOMENT = /^\d{4}-\d{2}-\d{2}T/;

/** A moment in RFC 3339; parsed to milliseconds since the epoch. */
const moment = z
  .string()
  .transform((text, context) => {
    const at = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(at)) return at;
    context.issues.push({ code: 'custom', message: 'expected a moment such as "2026-12-24T00:00:00Z"', input: text });
    return z.NEVER;
  })
  .meta({ description: 'a moment, RFC 3339', examples: ['2026-12-24T00:00:00Z'], pattern: MOMENT.source });

/** A text that is not empty. */
export const words = z.string().trim().min(1);

/** A period in which nothing is injected. */
export const freezeWindow = z
  .strictObject({ from: moment, to: moment, why: words })
  .check(context => {
    const { from, to } = context.value;
    if (to <= from)
      context.issues.push({ code: 'custom', path: ['to'], message: 'expected a moment after `from`', input: to });
  })
  .meta({ description: 'nothing is injected from `from` to `to`' });

/** An HTTP or HTTPS address. One with a user name and password is refused, and not shown: a plan is no place for them. */
export const httpUrl = z
  .string()
  .check(context => {
    const text = context.value;
    const url = /^https?:\/\/[^\s/]/.test(text) && URL.canParse(text) ? new URL(text) : undefined;
    if (url?.username === '' && url.password === '') return;
    const message = text.includes('@')
      ? 'expected an address without a user name and password, found some: name them in http_config'
      : 'expected an address such as "http://host:9090"';
    context.issues.push({ code: 'custom', message, input: text });
  })
  .meta({ format: 'uri' });

/** Those of the names that are members of the value. */
const given = (value: object, names: readonly string[]): string[] =>
  names.filter(name => (value as never)[name] !== undefined);

/** The rule that exactly one of these members is given, as a check and as metadata for the JSON Schema. */
export const oneOf = (names: readonly string[]) => ({
  check: ({ value, issues }: { value: object; issues: z.core.$ZodRawIssue[] }): void => {
    const found = given(value, names);
    const message = `expected exactly one of ${names.join(', ')}, found ${found.length === 0 ? 'none' : found.join(' and ')}`;
    if (found.length !== 1) issues.push({ code: 'custom', message, input: value });
  },
  meta: { oneOf: names.map(name => ({ required: [name] })) },
});

/** Checks that no name occurs twice; reports the first that does. */
export function namesOnce(context: { value: readonly { name: string }[]; issues: z.core.$ZodRawIssue[] }): void {
  const names = context.value.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  const message = `expected every name once, found ${JSON.stringify(twice)} twice`;
  context.issues.push({ code: 'custom', message, input: context.value });
}
