import { loadExperiment } from '../experiment/load.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { type Clean, cleanText, sanitise } from '../text/sanitise.ts';
import { type Draft, draftText } from './draft.ts';
import { fieldOf } from './form.ts';

/** A draft as `validate` sees it. */
export interface ValidatedDraft {
  /** The file. */
  text: string;
  /** Set when the document is valid. */
  loaded?: LoadedExperiment;
  /** Issues, worded as by `validate`, by form field. */
  problems: Readonly<Record<string, Clean>>;
  /** Issues that belong to no field. */
  others: readonly Clean[];
}

/** Validates the draft with the loader for files; `path` names it in messages. */
export function validateDraft(draft: Draft, path: string): ValidatedDraft {
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
