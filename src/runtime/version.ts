declare const MAYDAY_VERSION: string | undefined;

/** The program's version; the bundle carries package.json's, a run from source says so. */
export const VERSION: string = typeof MAYDAY_VERSION === 'undefined' ? '0.0.0-source' : MAYDAY_VERSION;
