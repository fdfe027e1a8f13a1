import { loadExperiment } from '../experiment/load.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { type Clean, cleanText, sanitise } from '../text/sanitise.ts';
import { type Draft, draftText } from './draft.ts';
import { fieldOf } from './form.ts';

/** A draft as `validate` sees it. */
export interface Judged {
  /** The file. */
  text: string;
  /** Set where nothing is wrong with it. */
  loaded?: LoadedExperiment;
  /** What is wrong, in the words of `validate`, by the field of the form. */
  problems: Readonly<Record<string, Clean>>;
  /** What is wrong elsewhere. */
  others: readonly Clean[];
}

/** Reads the draft with the loader of all files; `path` names it in what follows. */
export function judgeDraft(draft: Draft, path: string): Judged {
  const text = draftText(draft);
  const loading = loadExperiment(text, path);
  if (loading.ok) return { text, loaded: loading.loaded, problems: {}, others: [] };
  const problems: Record<string, Clean> = {};
  const others: Clean[] = [];
  for (const issue of loading.errors) {
    const field = fieldOf(issue);
    if (field === undefined) others.push(cleanText`${sanitise(issue.path)}: ${issue.message}`);
    else problems[field] ??= issue.message;
  }
  return { text, problems, others };
}
