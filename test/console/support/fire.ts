/** A console that keys are pressed on: in this process, or in a terminal of its own. */
interface Keys {
  waitFor(what: string): Promise<unknown>;
  press(key: string, then: string): Promise<unknown>;
}

/** Fires the first experiment: one key at a time, each seen before the next, as fingers do. */
export async function fire(at: Keys): Promise<void> {
  await at.waitFor('data LIVE');
  await at.press('e', 'a arms it');
  await at.press('a', 'ARMED');
  await at.press('f', 'effect proven');
}
