import { expect, it } from 'vitest';
import { preStopFails } from '../../../../src/triage/rules/pods/prestop.ts';
import { ago, findings } from '../findings.ts';
import { pod, warning } from '../objects.ts';

const said = 'PreStopHook failed';

it('a preStop hook that fails at each stop is a failure, on the workload', () => {
  const [found] = findings(preStopFails, [pod('web-1'), warning('Pod', 'shop', 'web-1', 'FailedPreStopHook', said)]);
  expect(found).toMatchObject({ severity: 'high', rule: 'pod/prestop-hook' });
  expect(found?.cause).toContain('preStop');
});

it('one that failed once is a warning, one of an hour ago nothing', () => {
  const once = { ...warning('Pod', 'shop', 'web-1', 'FailedPreStopHook', said), count: 1 };
  expect(findings(preStopFails, [pod('web-1'), once])[0]?.severity).toBe('warn');
  expect(findings(preStopFails, [pod('web-1'), { ...once, firstTimestamp: ago(70), lastTimestamp: ago(60) }])).toEqual(
    [],
  );
});
