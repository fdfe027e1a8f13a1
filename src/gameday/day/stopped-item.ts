/** The name of the safety check's item that says whether a condition or a person has stopped the day. */
export const STOPPED_ITEM = 'day';
