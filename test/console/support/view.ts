import { frame } from '../../../src/console/app/frame/frame.ts';
import type { ConsoleSettings } from '../../../src/console/deps.ts';
import { type ConsoleState, createConsoleStore, EMPTY_MAYDAY, type RunView } from '../../../src/console/store/state.ts';
import { flat } from '../../../src/console/widgets/layout.ts';
import { lineText } from '../../../src/console/widgets/line.ts';
import { paint, type Theme } from '../../../src/console/widgets/theme.ts';
import type { KindHealth, Summary } from '../../../src/health/model.ts';
import { ASCII, UNICODE } from '../../../src/text/glyphs.ts';
import { NOW } from './objects.ts';

export const SETTINGS: ConsoleSettings = { version: '0.1.0', color: true, ascii: false, readOnly: false };
/** Monotonic milliseconds in these tests; server time is NOW. */
export const T = 1_000_000;

export const fine = (count: number, changes: Partial<KindHealth> = {}): KindHealth => ({
  sync: { state: 'live' },
  count,
  failing: 0,
  warning: 0,
  troubles: [],
  ...changes,
});

export function summary(changes: Partial<Summary['kinds']> = {}, rest: Partial<Summary> = {}): Summary {
  return {
    kinds: {
      nodes: fine(3),
      pods: fine(1_204),
      deployments: fine(80),
      endpoints: fine(212),
      webhooks: fine(14),
      crds: fine(41),
      leases: fine(9),
      ...changes,
    },
    markers: [],
    unseen: [],
    locks: [],
    lastReceivedAt: T,
    ...rest,
  };
}

export const LINKED: Extract<ConsoleState['link'], { state: 'connected' }> = {
  state: 'connected',
  context: 'prod-eu-1',
  server: 'https://prod-eu-1:6443',
  user: 'alice',
  version: 'v1.36.3',
  namespace: 'shop',
  isProtected: false,
  isSandbox: false,
  since: T,
};

/** A connected, healthy console, changed as the test needs. */
export function state(changes: Partial<ConsoleState> = {}): ConsoleState {
  const { settings = SETTINGS, ...rest } = changes;
  const store = createConsoleStore(settings, { columns: 80, rows: 24 });
  store.setState({ link: LINKED, health: summary(), catalogue: [], mayday: EMPTY_MAYDAY, ...rest });
  return store.getState();
}

export const run = (changes: Partial<RunView> = {}): RunView => ({
  key: 'fired 1',
  runId: 'r1',
  experiment: 'ledger-image-corrupt',
  type: 'ImageCorrupt',
  target: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ledger' },
  phase: 'Observing',
  startedAt: NOW - 20_000,
  injectedAt: NOW - 19_000,
  ttlDeadline: NOW + 161_000,
  recoveryDeadline: NOW + 161_000,
  recoveryMs: 180_000,
  recoversFrom: 'injection',
  isReverted: false,
  isGuarded: false,
  effect: 'proven',
  evidence: '',
  checks: [],
  ...changes,
});

/** The screen as text, row by row. */
export function rows(of: ConsoleState, columns = 80, height = 24): string[] {
  const glyphs = of.settings.ascii ? ASCII : UNICODE;
  return flat(
    frame({ ...of, columns, rows: height }, { columns, rows: height, now: { monotonic: T, server: NOW }, glyphs }),
  ).map(lineText);
}

/** The screen as it is sent to a terminal. */
export function painted(of: ConsoleState, theme: Theme, columns = 80, height = 24): string[] {
  const glyphs = of.settings.ascii ? ASCII : UNICODE;
  return flat(
    frame({ ...of, columns, rows: height }, { columns, rows: height, now: { monotonic: T, server: NOW }, glyphs }),
  ).map(line => paint(line, theme, of.settings.ascii));
}

export const shown = (of: ConsoleState, columns = 80, height = 24): string => rows(of, columns, height).join('\n');
