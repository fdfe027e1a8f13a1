import type { Verdict } from '../../src/run/event.ts';
import type { Character } from './characters.ts';
import type { Row } from './faults.ts';

/** What is true of one run, whatever the product says. */
export interface Truth {
  /** Any of these is true; one, but where it is a matter of luck whether anybody saw the fault. */
  verdicts: readonly Verdict[];
  /** Whether the operator brought the original back. */
  isHealed: boolean;
  /** Whether what stands there in the end is neither the fault's nor the original, for a person to judge; undefined: who is first decides. */
  isLeft: boolean | undefined;
}

/** Told from what the operator does and what the fault asks for; nothing of it is asked of the product. */
export function truth(row: Row, character: Character): Truth {
  const { asks, healedBy, isAllBlind } = row;
  if (character.isSick) return { verdicts: ['Inconclusive'], isHealed: false, isLeft: false };
  const acts = character.healsAfterMs !== undefined && row.victim !== undefined && row.stir === undefined;
  const isMeddling = acts && character.isWrong === true && row.wrong !== undefined;
  // What is survived is soon reverted; the operator may come too late to meddle with it.
  const isLeft = isMeddling && asks === 'survive' ? undefined : isMeddling;
  const isHealed = acts && !character.isWrong;
  if (isAllBlind) return { verdicts: ['Inconclusive'], isHealed, isLeft };
  if (character.breaks === 'for ever') return { verdicts: ['Failed'], isHealed, isLeft };
  const isUndone = isHealed || healedBy !== undefined;
  const isGood = isSteady(character, isUndone) && (isUndone || (asks === 'survive' && !row.stops));
  const isHarm = character.isHarmful === true && !row.reachesAll;
  const verdict = isGood && !isHarm ? 'Resilient' : 'Degraded';
  // What is left there may well not serve.
  if (isMeddling && (asks === 'self-heal' || row.stops)) return { verdicts: ['Degraded', 'Failed'], isHealed, isLeft };
  // Undone before anybody could look: nobody can be blamed for not having seen it.
  const isUnlucky = isHealed && character.healsAfterMs === 0;
  return { verdicts: isUnlucky ? [verdict, 'Inconclusive'] : [verdict], isHealed, isLeft };
}

/** Whether its service works, in time and to stay, although nobody but itself does anything about the fault. */
function isSteady({ breaks }: Character, isUndone: boolean): boolean {
  if (breaks === undefined || breaks === 'for a while') return true;
  return breaks !== 'for long' && isUndone;
}
