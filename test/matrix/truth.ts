import type { Verdict } from '../../src/run/event.ts';
import type { Character } from './characters.ts';
import type { Row } from './faults.ts';

/** What is true, told from what the operator does and what the fault asks for; nothing of it is asked of the product. */
export function truth({ asks, healedBy, isUnseen }: Row, character: Character): Verdict {
  if (character.isSick || isUnseen) return 'Inconclusive';
  if (character.breaks === 'for ever') return 'Failed';
  const isUndone = healedBy !== undefined || character.healsAfterMs !== undefined;
  if (asks === 'self-heal') return isUndone ? 'Resilient' : 'Degraded';
  return character.breaks === 'until it is restored' && !isUndone ? 'Degraded' : 'Resilient';
}
