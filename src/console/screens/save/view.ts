/** An experiment that is being written as a file. */
export interface SaveView {
  /** The path in the catalogue of what is written. */
  entry: string;
  /** Where to, as it is typed. */
  path: string;
  phase: 'asking' | 'writing' | 'taken' | 'failed';
  message: string;
}

export const NOTHING_TO_SAVE: SaveView = { entry: '', path: '', phase: 'asking', message: '' };
