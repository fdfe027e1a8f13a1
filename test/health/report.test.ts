import { expect, test } from 'vitest';
import { statusJson, statusText } from '../../src/health/report.ts';
import { lastedText } from '../../src/health/trouble.ts';
import { UNICODE } from '../../src/text/glyphs.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { fine, summary } from '../console/support/view.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const ABOUT = { context: 'c', server: 's', user: 'u', now: NOW };
const dead = (exact: boolean, ms: number) =>
  summary({
    webhooks: fine(1, {
      failing: 1,
      troubles: [
        {
          uid: 'v',
          name: 'v.checkout' as Clean,
          severity: 'fail',
          what: 'service missing, Fail' as Clean,
          since: { at: NOW - ms, exact },
        },
      ],
    }),
  });

test('status says "at least" of a webhook whose service was already missing at the first look', () => {
  expect(statusText(dead(false, 0), ABOUT, UNICODE).join('\n')).toContain('service missing, Fail  at least 0s');
  expect(statusText(dead(true, 61_000), ABOUT, UNICODE).join('\n')).toContain('service missing, Fail  1m1s');
  const [webhooks] = statusJson(dead(false, 0), ABOUT).kinds.filter(({ kind }) => kind === 'webhooks');
  expect(webhooks?.troubles).toMatchObject([{ sinceExact: false }]);
});

test('a beginning that lies in the future of this clock counts as now', () => {
  expect(lastedText({ at: NOW + 5_000, exact: true }, NOW)).toBe('0s');
});
