import type { Parts } from '../screens/screen.ts';
import type { Item } from '../widgets/line.ts';

/** Puts the cursor on the item of a list row, as a click does. Opens and writes nothing. */
export function pick(parts: Parts, { list, key }: Item): void {
  const { context, browsing, catalogue } = parts;
  const { store } = context;
  const { cursor } = store.getState();
  if (list === 'faults') store.setState({ cursor: { ...cursor, faults: key } });
  if (list === 'roots')
    store.setState(({ triage }) => ({ cursor: { ...cursor, triage: key }, triage: { ...triage, top: 0 } }));
  if (list === 'palette') store.setState(({ palette }) => ({ palette: { ...palette, at: Number(key) } }));
  if (list === 'fleet') store.setState({ cursor: { ...cursor, fleet: key } });
  if (list === 'kinds') browsing.showKindNamed(key);
  if (list === 'objects') browsing.put(key);
  if (list === 'reports') store.setState(({ reports }) => ({ reports: { ...reports, cursor: key } }));
  if (list === 'lanes') store.setState(({ timeline }) => ({ timeline: { ...timeline, lane: key, at: undefined } }));
  if (list === 'experiments') {
    store.setState({ cursor: { ...cursor, experiments: key } });
    catalogue.look();
  }
}
