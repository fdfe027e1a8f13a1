import { describe, expect, test } from 'vitest';
import { scheduleProblem, timeZoneProblem } from '../../src/submit/schedule.ts';

describe('the schedule of a CronJob', () => {
  test.each([
    '* * * * *',
    '30 3 * * 1-5',
    '*/5 9-17 * * mon-fri',
    '0 0 1,15 jan-jun ?',
    '@daily',
    ' 5 4 * * sun ',
    '0-30/10 * * * *',
  ])('%s is taken', schedule => expect(scheduleProblem(schedule)).toBeUndefined());

  test.each([
    ['* * * *', 'expected five fields'],
    ['* * * * * *', 'expected five fields'],
    ['60 * * * *', 'the minute to be 0 to 59'],
    ['* 24 * * *', 'the hour to be 0 to 23'],
    ['* * 0 * *', 'the day of the month to be 1 to 31'],
    ['* * * 13 *', 'the month to be 1 to 12'],
    ['* * * * 7', 'the day of the week to be 0 to 6'],
    ['5-1 * * * *', 'found "5-1"'],
    ['*/0 * * * *', 'found "*/0"'],
    ['*/5/5 * * * *', 'found "*/5/5"'],
    ['@dayly', '@daily'],
    ['TZ=Europe/Berlin 0 3 * * *', '--time-zone'],
    ['', 'expected five fields'],
  ])('%s is not, in one line that names what is wrong', (schedule, words) => {
    expect(scheduleProblem(schedule)).toContain(words);
    expect(scheduleProblem(schedule)).not.toContain('\n');
  });
});

test.each(['Europe/Berlin', 'Etc/UTC', 'UTC'])('time zone %s is known', name => {
  expect(timeZoneProblem(name)).toBeUndefined();
});

test.each(['Europe/Nowhere', 'Local', '+02:00', ''])('time zone "%s" is refused, as the server would', name => {
  expect(timeZoneProblem(name)).toContain('expected the name of a time zone');
});
