import type { Session } from '../../console/session/session.ts';
import { reflectedFeed } from '../../health/feed.ts';
import { followLog } from '../../health/inspect/follow-log.ts';
import { inspect } from '../../health/inspect/inspect.ts';
import { restrictionFor } from '../../health/view/confined.ts';
import { releaseMemory } from '../../host/memory.ts';
import { whoAmI } from '../../kube/client/access.ts';
import type { Api } from '../../kube/client/api.ts';
import { noAnswerOf } from '../../kube/connection/no-answer.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { isProtected } from '../../runtime/settings.ts';
import { sanitise } from '../../text/sanitise.ts';
import { printNotice } from '../output/notice.ts';
import type { EngineSession } from './engine.ts';

/**
 * The console's view of one connection. The rows of the cluster need only the connection, so the engine is loaded at its first use:
 * loading it earlier would delay the first rows.
 */
export function consoleSession(runtime: Runtime, api: Api): Session {
  let confined: Promise<string | undefined> | undefined;
  const confinedTo = (): Promise<string | undefined> => {
    confined ??= restrictionFor(api, runtime.options.namespace);
    return confined;
  };
  let loading: Promise<EngineSession> | undefined;
  let loaded: EngineSession | undefined;
  const engine = () => {
    loading ??= import('./engine.ts').then(({ engineSession }) => {
      loaded = engineSession(runtime, api, confinedTo);
      return loaded;
    });
    // A file that could not be read may be there the next time.
    loading.catch(() => {
      loading = undefined;
    });
    return loading;
  };
  const suggest = async () => (await import('./suggest.ts')).suggesting(runtime, api);
  return {
    identity: api.identity,
    isProtected: isProtected(api.identity.context, runtime.config.protected),
    isSandbox: runtime.options.sandbox !== undefined,
    feed: reflectedFeed(api, runtime.realClock, runtime.random, { release: releaseMemory, lead: 'Pod' }),
    confinedTo,
    serverNow: () => api.serverTime().now,
    about: () => about(api),
    noAnswer: () => noAnswerOf(api),
    preflight: async (...asked) => (await engine()).preflight(...asked),
    run: async order => (await engine()).run(order),
    scan: async (...asked) => (await engine()).scan(...asked),
    revert: async (...asked) => (await engine()).revert(...asked),
    liftLatch: async () => (await engine()).liftLatch(),
    triage: async (...asked) => (await import('./triage.ts')).consoleTriage(runtime, api, ...asked),
    followTriage: async (...asked) => (await import('./triage.ts')).followTriage(runtime, api, ...asked),
    planFix: async (...asked) => (await import('./fix.ts')).planFix(runtime, api, ...asked),
    applyFix: async (...asked) => (await import('./fix.ts')).applyFixAsShown(runtime, api, ...asked),
    putBack: async path => (await import('./fix.ts')).putBack(runtime, api, path),
    suggest: async (...asked) => (await suggest()).suggest(...asked),
    withReach: async (...asked) => (await suggest()).withReach(...asked),
    validateDraft: async (...asked) => (await suggest()).validateDraft(...asked),
    inspect: (ref, signal) => inspect(api, ref, signal),
    followLog: (source, onNews, signal) => followLog(api, runtime.realClock, source, onNews, signal),
    recordsToConfirm: async (...asked) => (await engine()).recordsToConfirm(...asked),
    choicesToMake: async (...asked) => (await engine()).choicesToMake(...asked),
    unfinished: async () => (await engine()).unfinished(),
    unmarkedLeft: async () => (await engine()).unmarkedLeft(),
    guardians: async () => (await engine()).guardians(),
    // An engine that was never loaded has nothing running to stop.
    suspended: async () => (await loaded?.suspended()) ?? false,
    resumed: () => loaded?.resumed(),
    leadDay: async order => (await import('./day.ts')).leadDay(runtime, api, order),
    planSuite: async all => (await import('./suite.ts')).planSuite(all),
    runSuite: async order => (await import('./suite.ts')).runConsoleSuite(runtime, api, order),
    close: async () => {
      for (const line of await runtime.close()) printNotice(line);
    },
  };
}

async function about(api: Api): ReturnType<Session['about']> {
  const [version, me] = await Promise.all([api.raw({ path: '/version' }), whoAmI(api)]);
  const { gitVersion } = (version.ok ? version.value : {}) as { gitVersion?: unknown };
  return {
    ...(gitVersion === undefined ? {} : { version: sanitise(gitVersion, 64) }),
    ...(me.ok ? { user: me.value.user } : {}),
    ...(version.ok || me.ok ? {} : { failure: me.message }),
  };
}
