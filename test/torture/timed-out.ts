/** The harness itself got no answer in good weather: the machine is too busy for a trial, and nothing is known of the original. */
export class HarnessTimedOut extends Error {}
