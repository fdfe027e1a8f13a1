import { startHealth } from '../../health/store.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Catalogue } from '../screens/experiments/catalogue.ts';
import type { Emergency } from '../screens/mayday/emergency.ts';
import type { Triaging } from '../screens/triage/looking.ts';
import type { Session } from '../session/session.ts';
import { type ConsoleState, screenOf } from '../store/state.ts';
import { type Context, notify } from './context.ts';
import type { KubeconfigWatch } from './kubeconfig-change.ts';

/** Why no cluster can be determined: one line and an exit code. */
export interface Refused {
  message: string;
  exitCode: number;
}

const ASK_AGAIN_MS = 2_000;
/** The catalogue waits for the first rows, and no longer than this. */
const FIRST_ROWS_MS = 400;
/** The request for our own user name waits for the first rows, and no longer than this. */
const WHO_MS = 200;
/** The scan for leftovers and triage read everything, so they wait until all pods are read, and no longer than this. */
const ALL_ROWS_MS = 3_000;

/**
 * Everything that needs the network, started after the first frame. Resolves with the reason only if no cluster can be
 * determined; one that does not answer is waited for.
 */
export async function connectAll(
  context: Context,
  parts: { catalogue: Catalogue; emergency: Emergency; triaging: Triaging; kubeconfig: KubeconfigWatch },
  asked: string | undefined,
): Promise<Refused | undefined> {
  const { deps, store } = context;
  const rows: Rows = { first: Promise.withResolvers<void>(), all: Promise.withResolvers<void>() };
  const catalogued = atLatest(context, rows.first.promise, FIRST_ROWS_MS).then(() => parts.catalogue.load());
  const connected = await deps.connect(doing => {
    if (store.getState().link.state === 'starting')
      store.setState({ link: { state: 'starting', doing: sanitise(doing, 120) } });
  }, asked);
  if (context.ended.aborted) {
    if (connected.ok) await connected.session.close();
    return undefined;
  }
  if (!connected.ok) return { exitCode: connected.exitCode, message: connected.message };
  const { session } = connected;
  const { identity } = session;
  context.session = session;
  store.setState({ link: linkOf(session, context.now().monotonic) });
  const onlyNamespace = await session.confinedTo();
  if (context.ended.aborted) return undefined;
  followHealth(context, session, rows, onlyNamespace);
  void atLatest(context, rows.first.promise, WHO_MS).then(() => learnWho(context, session));
  void parts.kubeconfig.watch({
    context: asked ?? identity.context,
    isNamed: (asked ?? deps.settings.context) !== undefined,
  });
  void catalogued.then(() => parts.catalogue.look());
  void atLatest(context, rows.all.promise, ALL_ROWS_MS).then(() => {
    parts.emergency.countLeftovers();
    parts.triaging.follow();
    // Once for all clusters.
    if (asked === undefined) void deps.keepCode?.();
  });
  // If `!` was pressed before there was a connection, the scan starts now.
  if (screenOf(store.getState()) === 'mayday') parts.emergency.rescan();
  return undefined;
}

/** What is known of the cluster before it has answered. */
const linkOf = ({ identity, isProtected, isSandbox }: Session, since: number): ConsoleState['link'] => ({
  state: 'connected',
  context: sanitise(identity.context),
  server: sanitise(identity.server),
  user: sanitise(identity.user),
  version: '',
  namespace: sanitise(identity.namespace),
  isProtected,
  isSandbox,
  since,
});

/** Resolved once the first pods are read, and once all are, or once they cannot be read. */
interface Rows {
  first: PromiseWithResolvers<void>;
  all: PromiseWithResolvers<void>;
}

/** Follows the cluster until the console ends, and says so where its pods may be listed in no namespace but one that has to be named. */
function followHealth(context: Context, session: Session, rows: Rows, onlyNamespace: string | undefined): void {
  const { deps, store } = context;
  const health = startHealth(session.feed, deps.clock, () => session.serverNow(), {
    context: session.identity.context,
    ...(onlyNamespace !== undefined && { onlyNamespace }),
  });
  context.live = health.live;
  context.lookAgain = health.lookAgain;
  let isTold = onlyNamespace !== undefined;
  const unsubscribe = health.store.subscribe(summary => {
    store.setState({ health: summary });
    const { sync } = summary.kinds.pods;
    const { state } = sync;
    if (!isTold && sync.state === 'blind' && sync.reason === 'forbidden') {
      isTold = true;
      notify(
        context,
        'you may not list pods in the whole cluster: mayday -n NAMESPACE shows one namespace',
        'warn',
        60_000,
      );
    }
    if (state !== 'waiting') rows.first.resolve();
    if (state !== 'waiting' && state !== 'loading') rows.all.resolve();
  });
  context.ended.addEventListener('abort', () => {
    unsubscribe();
    health.stop();
  });
}

/** Waits for `ready`, for a time in milliseconds, or for the end of the console, whichever comes first. */
async function atLatest({ deps, ended }: Context, ready: Promise<void>, ms: number): Promise<void> {
  await Promise.race([ready, deps.clock.sleep(ms, ended).catch(() => undefined)]);
}

/** Asks for version and user until both are known; neither keeps anything else waiting. */
async function learnWho(context: Context, session: Session): Promise<void> {
  while (!context.ended.aborted) {
    const about = await session.about().catch(() => ({}) as Awaited<ReturnType<Session['about']>>);
    const { link } = context.store.getState();
    if (link.state === 'connected')
      context.store.setState({
        link: { ...link, version: about.version ?? link.version, user: about.user ?? link.user },
      });
    if (about.version !== undefined) {
      return;
    }
    await context.deps.clock.sleep(ASK_AGAIN_MS, context.ended).catch(() => undefined);
  }
}
