import type { Summary } from '../health/model.ts';
import { isAllBlind, isSettled, statusJson, statusText } from '../health/report.ts';
import { restrictionFor } from '../health/view/confined.ts';
import { glyphsFor } from '../text/glyphs.ts';
import { messageOf } from '../text/message-of.ts';
import { literal, sanitise } from '../text/sanitise.ts';
import { withFindings } from '../triage/finding/findings-on-board.ts';
import { type NotTriaged, triageSummaryJson, triageSummaryText } from '../triage/report/summary.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output/output.ts';
import { withCluster } from './session.ts';

/** The longest wait for all lists, milliseconds; what has not been read by then is shown as not known. */
const RETRY_FOR_MS = 30_000;

/** `mayday status`: one health snapshot, with what triage found in it. Exit 8 when not one kind could be read. */
export const statusCommand: CommandBody = ({ globals }) =>
  withCluster(globals, async (api, runtime) => {
    const [{ startHealth }, { reflectedFeed }, { lookAt }, { RULES }] = await Promise.all([
      import('../health/store.ts'),
      import('../health/feed.ts'),
      import('../triage/run/look.ts'),
      import('../triage/rules/index.ts'),
    ]);
    const onlyNamespace = await restrictionFor(api, globals.namespace);
    const ended = new AbortController();
    const health = startHealth(
      reflectedFeed(api, runtime.clock, runtime.random),
      runtime.clock,
      () => api.serverTime().now,
      { context: api.identity.context, ...(onlyNamespace !== undefined && { onlyNamespace }) },
    );
    const looking = lookAt(health.live, api, runtime.realClock, RULES, undefined, ended.signal).then(
      ({ triage }) => triage,
      (error: unknown) => notTriaged(error),
    );
    const tooLate = new Promise<NotTriaged>(resolve => {
      setTimeout(resolve, RETRY_FOR_MS, { reason: literal('not finished in time') }).unref();
    });
    const settled = new Promise<Summary>(resolve => {
      const giveUp = setTimeout(() => resolve(health.store.getState()), RETRY_FOR_MS);
      const look = (now: Summary) => {
        if (!isSettled(now)) return;
        clearTimeout(giveUp);
        resolve(now);
      };
      health.store.subscribe(look);
      look(health.store.getState());
    });
    const [summary, triage] = await Promise.all([settled, Promise.race([looking, tooLate])]);
    ended.abort();
    health.stop();
    const about = { ...api.identity, now: api.serverTime().now };
    const glyphs = glyphsFor(process.env, globals.ascii === true);
    const found = 'roots' in triage ? triage : undefined;
    const whole = withFindings(summary, found, about.now);
    print({ ...statusJson(whole, about), triage: triageSummaryJson(triage) }, globals, () => {
      const [head = '', ...rows] = statusText(whole, about, glyphs);
      return [head, ...triageSummaryText(triage, about, glyphs), ...rows];
    });
    return isAllBlind(summary) ? EXIT.unreachable : EXIT.done;
  });

const notTriaged = (error: unknown): NotTriaged => ({
  reason: sanitise(messageOf(error), 200),
});
