import { pressFor } from '../keymap/remap.ts';
import type { ScreenId } from '../screens/registry.ts';
import { type Arming, isTyping } from '../store/arming.ts';
import type { ConsoleState } from '../store/state.ts';
import { type Line, line, span } from './line.ts';
import type { View } from './view.ts';

/** Something armed on a screen whose keys `arm` and `fire` it is: the name to type, the countdown, or that it has lapsed. */
export function armingLines(
  arming: Arming,
  { screen, on }: { screen: ScreenId; on: string },
  { settings }: ConsoleState,
  { now, glyphs }: View,
): Line[] {
  const arm = pressFor(settings.keys, screen, 'arm', 'a');
  if (isTyping(arming))
    return [
      line(
        span(`  ${glyphs.states.warn} PROTECTED: type the cluster name to unlock fire: `, 'warn'),
        span(arming.mustType ?? '', 'title'),
      ),
      line('    ', span(`${arming.typed}_`, 'accent')),
    ];
  const left = (arming.until ?? 0) - now.monotonic;
  if (left <= 0)
    return [
      line(
        span(`  ${glyphs.states.wait} no longer armed, nothing was written: `, 'warn'),
        span(arm, 'key'),
        ' arms again',
      ),
    ];
  return [
    line(
      '  ',
      span(' ARMED ', 'alarm'),
      ` on ${on}   `,
      span(pressFor(settings.keys, screen, 'fire', 'f'), 'key'),
      span(` FIRE (${Math.ceil(left / 1000)}s)`, 'bad'),
      '   ',
      span('esc', 'key'),
      ' leave',
    ),
  ];
}
