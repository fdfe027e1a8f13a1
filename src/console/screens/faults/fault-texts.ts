import { age } from '../../../text/duration.ts';
import { ttlSpan } from '../../app/frame/header.ts';
import { type FaultEntry, foundOn, isLive } from '../../store/select.ts';
import type { ConsoleState, RunView } from '../../store/state.ts';
import { type Span, span } from '../../widgets/line.ts';
import { clock, elapsed } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';

/** Server milliseconds at which the fault has to be out; undefined where nothing says so. */
function deadlineOf(entry: FaultEntry): number | undefined {
  if (entry.is === 'run') return isLive(entry.run) ? entry.run.ttlDeadline : undefined;
  return entry.is === 'mark' ? entry.mark.expires : entry.found.expiresAt;
}

/** Since when it is in, server milliseconds. */
export function sinceOf(entry: FaultEntry): number | undefined {
  if (entry.is === 'run') return entry.run.injectedAt ?? entry.run.startedAt;
  return entry.is === 'mark' ? entry.mark.at : entry.found.injectedAt;
}

/** What is left of its time, or for how long it is overdue, in words. */
export function ttlText(entry: FaultEntry, { now }: View): Span {
  if (entry.is === 'run' && !isLive(entry.run)) return span(entry.run.isReverted ? 'reverted' : 'not in yet', 'dim');
  const at = deadlineOf(entry);
  if (at === undefined) return span('no TTL', 'warn');
  const left = at - now.server;
  return left > 0 ? { ...ttlSpan(left), text: `TTL ${clock(left)}` } : ttlSpan(left);
}

/** The recovery clock of a run of this console; those of other tools are not known. */
export function recoveryText(entry: FaultEntry, { now }: View): Span {
  if (entry.is !== 'run') return span('', 'dim');
  const { recoveredAfterMs, recoveryDeadline, recoveryMs, recoversFrom, injectedAt } = entry.run;
  const word = recoversFrom === 'revert' ? 'back' : 'heal';
  if (recoveredAfterMs !== undefined) return span(`${word} ${age(recoveredAfterMs)}`, 'ok');
  if (injectedAt === undefined || recoveryDeadline === undefined) return span('', 'dim');
  const isLate = now.server > recoveryDeadline;
  return span(
    `${word} ${elapsed(now.server - (recoveryDeadline - recoveryMs))} of ${clock(recoveryMs)}${isLate ? ' LATE' : ''}`,
    isLate ? 'bad' : 'plain',
  );
}

/** Whether the fault took effect, and what shows it. For a fault that somebody else injected, only the object's present value is known. */
export function effectText(
  entry: FaultEntry,
  state: ConsoleState,
  { glyphs }: View,
): { text: string; tone: Span['tone']; evidence: string } {
  if (entry.is === 'run') return runEffect(entry.run, glyphs);
  const found = foundOn(state, entry);
  const { phase } = state.look;
  if (found === undefined)
    return {
      text:
        phase === 'looking' || phase === 'none'
          ? `${glyphs.states.wait} looking at it`
          : `${glyphs.states.blind} effect not seen`,
      tone: 'dim',
      evidence: phase === 'failed' ? state.look.message : 'the last scan did not find it',
    };
  const evidence = found.message ?? '';
  switch (found.state) {
    case 'injected':
      return {
        text: `${glyphs.states.fail} still in`,
        tone: 'bad',
        evidence: evidence === '' ? 'the value is still the injected one' : `a revert would ${evidence}`,
      };
    case 'restored':
      return {
        text: `${glyphs.states.ok} original is back`,
        tone: 'ok',
        evidence: evidence || 'only the marks are left',
      };
    case 'diverged':
      return {
        text: `${glyphs.states.warn} changed since`,
        tone: 'warn',
        evidence: evidence || 'the value is neither the original nor the injected one',
      };
    case 'corrupt':
      return {
        text: `${glyphs.states.blind} record unreadable`,
        tone: 'warn',
        evidence: evidence || 'its undo record cannot be read',
      };
    case 'foreign':
      return { text: `${glyphs.states.warn} another tool`, tone: 'warn', evidence };
  }
}

function runEffect(run: RunView, glyphs: View['glyphs']): { text: string; tone: Span['tone']; evidence: string } {
  const { evidence } = run;
  if (run.effect === 'proven') return { text: `${glyphs.states.ok} effect proven`, tone: 'ok', evidence };
  if (run.effect === 'absent') return { text: `${glyphs.states.fail} no effect`, tone: 'bad', evidence };
  return { text: `${glyphs.states.wait} effect not yet proven`, tone: 'warn', evidence };
}
