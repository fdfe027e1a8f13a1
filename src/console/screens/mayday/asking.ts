import { type Context, notify } from '../../app/context.ts';
import type { Pane } from '../../store/pane.ts';
import type { MaydayView } from '../../store/state.ts';
import { attemptQuietly } from './attempt.ts';
import { leftoverRecord } from './leftover-record.ts';
import { type Answer, answerOf, type ChoiceRecord, needsChoice, type Question, unsettled } from './question.ts';

/** The questions after a revert: about what was not reverted because a person must decide. */
export interface Asking {
  /** Asks about what was left because its undo record is not signed; if there is none of these, about what a person must choose. */
  ask(): Promise<void>;
  /** Asks about what a person must choose. It leaves out what was chosen just now, so that it does not ask again and again. */
  askChoices(answered?: Answer): Promise<void>;
  /** The typed answer, if it asks for something; undefined if there is nothing to do. */
  answer(): Promise<Answer | undefined>;
  type(text: string): void;
  erase(): void;
  /** Leaves the question open; false where there is none. */
  putOff(): boolean;
}

export function createAsking(context: Context, { view, update }: Pane<MaydayView>): Asking {
  async function ask(): Promise<void> {
    const { findings, receipts, phase } = view();
    if (phase !== 'done') return;
    const left = findings.filter(({ id }) => receipts.get(id)?.outcome === 'unconfirmed');
    const records =
      left.length === 0 ? [] : ((await attemptQuietly(async () => context.session?.recordsToConfirm(left))) ?? []);
    if (records.length === 0) return askChoices();
    put({ is: 'records', records, typed: '' });
  }

  async function askChoices(answered?: Answer): Promise<void> {
    const records = (await choicesLeft()).filter(({ id }) => answered?.choices.has(id) !== true);
    if (records.length > 0) put({ is: 'choices', records, typed: '' });
  }

  async function choicesLeft(): Promise<readonly ChoiceRecord[]> {
    const { findings, receipts } = view();
    const left = findings.filter(finding => needsChoice(finding, receipts.get(finding.id)));
    const records =
      left.length === 0 ? [] : ((await attemptQuietly(async () => context.session?.choicesToMake(left))) ?? []);
    return [...records.map(record => ({ ...record, id: record.finding.id })), ...(await leftoversLeft())];
  }

  async function leftoversLeft(): Promise<readonly ChoiceRecord[]> {
    if (unsettled(view()).length === 0) return [];
    return ((await attemptQuietly(async () => context.session?.unmarkedLeft())) ?? []).map(leftoverRecord);
  }

  function put(asked: Question): void {
    if (view().phase === 'done') update({ asked, top: 0 });
  }

  /** Whether the objects to choose about are unchanged since they were read; if not, they are shown again. */
  async function isAsShown({ records }: Extract<Question, { is: 'choices' }>): Promise<boolean> {
    const textOf = (some: readonly ChoiceRecord[]): string =>
      JSON.stringify(some.map(({ digest, lines }) => [digest, lines]));
    const now = await choicesLeft();
    if (textOf(now) === textOf(records)) return true;
    put({ is: 'choices', records: now, typed: '' });
    notify(context, 'this changed since you read it: nothing was written; read it again', 'warn', 30_000);
    return false;
  }

  return {
    ask,
    askChoices,
    async answer() {
      const { asked } = view();
      if (asked === undefined) return undefined;
      const meant = answerOf(asked);
      if ('wrong' in meant) return undefined;
      if (meant.confirmed.size + meant.choices.size === 0) {
        update({ asked: undefined });
        return undefined;
      }
      return asked.is === 'choices' && !(await isAsShown(asked)) ? undefined : meant;
    },
    type: text => update(({ asked }) => ({ asked: asked && { ...asked, typed: (asked.typed + text).slice(0, 80) } })),
    erase: () => update(({ asked }) => ({ asked: asked && { ...asked, typed: asked.typed.slice(0, -1) } })),
    putOff() {
      const { asked } = view();
      update({ asked: undefined, top: 0 });
      // What a person must choose is the next question.
      if (asked?.is === 'records') void askChoices();
      return asked !== undefined;
    },
  };
}
