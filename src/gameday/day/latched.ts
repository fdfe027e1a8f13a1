/** The name of the item of the look both ways that says whether a condition or a person has stopped the day. */
export const LATCHED = 'day';
