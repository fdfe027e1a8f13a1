// The console on a scripted cluster, for tests that need a real process in a real terminal.
// Bundled by the tests beside it, since node itself reads no JSX. Usage: node dev.mjs [name=value …]

import { keepUnder } from '../../../src/cli/console/keep.ts';
import type { ConsoleDeps } from '../../../src/console/deps.ts';
import { type Clock, systemClock } from '../../../src/host/clock.ts';
import { fakeDeps, fakeSession, finding, type Script, scriptOn } from '../../console/support/fake-session.ts';

process.env.NODE_ENV ??= 'production';
const given = new Map(process.argv.slice(2).map(word => word.split('=', 2) as [string, string]));
const play: Script<Clock> = scriptOn(systemClock, {
  ...(given.has('lasts') && { lastsMs: Number(given.get('lasts')) }),
  isProtected: given.has('protected'),
  findings: () =>
    given.has('findings') && play.reverted === 0
      ? Array.from({ length: Number(given.get('findings')) }, (_, i) => finding(`victim-${i + 1}`))
      : [],
  isReachable: () => !given.has('unreachable'),
});
const deps: ConsoleDeps = {
  ...fakeDeps(play, process, {
    color: !given.has('plain'),
    ascii: given.has('ascii'),
    readOnly: given.has('readonly'),
    armMs: Number(given.get('arm') ?? 10_000),
  }),
  ...(given.has('state') && { keep: keepUnder(given.get('state') ?? '', process.env) }),
  connect: async () => {
    // `connect=never` shows what there is to see without any network.
    if (given.get('connect') === 'never') await new Promise(() => undefined);
    return { ok: true, session: fakeSession(play) };
  },
};
const { startConsole } = await import('../../../src/console/app/start.ts');
if (given.has('throw'))
  setTimeout(() => Promise.reject(new Error('a rejection nobody handles')), Number(given.get('throw')));
if (given.has('crash'))
  setTimeout(
    () => {
      throw new Error('an exception nobody catches');
    },
    Number(given.get('crash')),
  );
process.exitCode = await startConsole(deps);
process.exit();
