import { describe, expect, it } from 'vitest';
import { isDueBy, lastDue } from '../../../src/sandbox/controllers/jobs/cron.ts';

describe('a schedule', () => {
  const at = (text: string) => Date.parse(text);
  const due = (schedule: string, now: string, timeZone?: string) => isDueBy(schedule, timeZone)(at(now));

  it.each([
    ['*/15 9-17 * * 1-5', '2026-11-27T09:45:00Z', true],
    ['*/15 9-17 * * 1-5', '2026-11-28T09:45:00Z', false],
    ['0 0 13 * fri', '2026-11-27T00:00:00Z', true],
    ['0 0 13 * fri', '2026-11-13T00:00:00Z', true],
    ['0 0 13 * fri', '2026-11-14T00:00:00Z', false],
    ['@daily', '2026-11-28T00:00:00Z', true],
    ['5/20 * * jan,nov *', '2026-11-28T10:45:00Z', true],
    ['nonsense', '2026-11-28T00:00:00Z', false],
  ])('%s at %s: %s', (schedule, now, expected) => expect(due(schedule, now)).toBe(expected));

  it('is meant in its own time zone, with its summer time', () => {
    expect(due('0 3 * * *', '2026-11-28T02:00:00Z', 'Europe/Berlin')).toBe(true);
    expect(due('0 3 * * *', '2026-07-28T01:00:00Z', 'Europe/Berlin')).toBe(true);
    expect(due('0 3 * * *', '2026-07-28T03:00:00Z', 'Europe/Berlin')).toBe(false);
  });

  it('that was missed several times is made up for once, by the last of them', () => {
    const hourly = isDueBy('0 * * * *');
    expect(lastDue(hourly, at('2026-11-28T01:00:00Z'), at('2026-11-28T04:30:00Z'))).toBe(at('2026-11-28T04:00:00Z'));
    expect(lastDue(hourly, at('2026-11-28T04:00:00Z'), at('2026-11-28T04:30:00Z'))).toBeUndefined();
  });
});
