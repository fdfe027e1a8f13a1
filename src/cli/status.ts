import type { Summary } from '../health/model.ts';
import { isAllBlind, isSettled, statusJson, statusText } from '../health/report.ts';
import { glyphsFor } from '../text/glyphs.ts';
import type { CommandBody } from './command.ts';
import { EXIT } from './failure.ts';
import { print } from './output.ts';
import { withCluster } from './session.ts';

/** Longest wait for all lists, milliseconds; what has not come by then is shown as not known. */
const RETRY_FOR_MS = 30_000;

/** `mayday status`: one health snapshot. Exit 8 when not one kind could be read. */
export const statusCommand: CommandBody = ({ globals }) =>
  withCluster(globals, async (api, runtime) => {
    const [{ startHealth }, { reflectedFeed }, { BOARD_KINDS }] = await Promise.all([
      import('../health/store.ts'),
      import('../health/feed.ts'),
      import('../health/model.ts'),
    ]);
    const health = startHealth(
      reflectedFeed(api, runtime.clock, runtime.random),
      runtime.clock,
      () => api.serverTime().now,
      { kinds: BOARD_KINDS },
    );
    const summary = await new Promise<Summary>(resolve => {
      const giveUp = setTimeout(() => resolve(health.store.getState()), RETRY_FOR_MS);
      const look = (now: Summary) => {
        if (!isSettled(now)) return;
        clearTimeout(giveUp);
        resolve(now);
      };
      health.store.subscribe(look);
      look(health.store.getState());
    });
    health.stop();
    const about = { ...api.identity, now: api.serverTime().now };
    const glyphs = glyphsFor(process.env, globals.ascii === true);
    print(statusJson(summary, about), globals, () => statusText(summary, about, glyphs));
    return isAllBlind(summary) ? EXIT.unreachable : EXIT.done;
  });
