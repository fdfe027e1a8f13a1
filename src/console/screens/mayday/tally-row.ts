import type { FoundInjection } from '../../../injection/found-injection.ts';
import { counted } from '../../../text/counted.ts';
import type { MaydayView } from '../../store/state.ts';
import { type Line, line, type Span, span } from '../../widgets/line.ts';
import type { View } from '../../widgets/view.ts';
import { waiting } from './question.ts';
import { isRestored } from './restored.ts';

/** How many were found, and how many of them are in which state. */
export function tallyRow(mayday: MaydayView, { glyphs }: View): Line {
  const by = (state: FoundInjection['state']): number =>
    mayday.findings.filter(finding => finding.state === state && !mayday.receipts.has(finding.id)).length;
  const receipts = [...mayday.receipts.values()];
  const good = receipts.filter(one => isRestored(one) && one.outcome !== 'stripped').length;
  const kept = receipts.filter(one => isRestored(one) && one.outcome === 'stripped').length;
  const parts: Span[] = [
    span(`${counted(mayday.findings.length, 'injection')} found`, mayday.findings.length > 0 ? 'title' : 'plain'),
  ];
  const add = (count: number, text: string, tone: Span['tone']): void => {
    if (count > 0) parts.push(span('   '), span(text, tone));
  };
  add(good, `${glyphs.states.ok} ${good} restored`, 'ok');
  add(kept, `${kept} kept as it is`, 'ok');
  const lost = mayday.phase === 'found' ? mayday.unmarked.length : 0;
  const asked = lost > 0 ? 0 : waiting(mayday);
  const not = receipts.length - good - kept - asked;
  add(not, `${glyphs.states.fail} ${not} not`, 'bad');
  add(lost, `${glyphs.diverged} ${lost} UNMARKED`, 'warn');
  add(asked, `${counted(asked, 'needs', 'need')} your word`, 'warn');
  add(by('injected'), `${by('injected')} to restore`, 'chaos');
  add(by('restored'), `${glyphs.states.ok} ${by('restored')} already restored`, 'ok');
  add(by('diverged'), `${glyphs.diverged} ${by('diverged')} diverged`, 'warn');
  add(by('corrupt'), `${glyphs.states.fail} ${by('corrupt')} corrupt`, 'bad');
  add(by('foreign'), `${by('foreign')} of another tool`, 'dim');
  const open = mayday.orders.filter(({ id }) => mayday.stops.get(id)?.verified !== true);
  const pending = open.filter(({ state }) => state === 'pending').length;
  add(open.length - pending, `${counted(open.length - pending, 'experiment')} of the framework live`, 'chaos');
  add(pending, `${pending} WILL INJECT again`, 'bad');
  add(mayday.blind.length, `${glyphs.states.blind} BLIND to ${mayday.blind.length}`, 'warn');
  return line(...parts);
}
