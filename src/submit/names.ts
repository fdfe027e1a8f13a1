/** Label of everything that belongs to a submission; its value is the submission's id. */
export const SUBMISSION = 'submit.mayday/id';
/** Label of a result: the number of the pod that writes it. */
export const INDEX = 'submit.mayday/index';

/** The name of every object of a submission: `mayday-20261128-215349-3f9a2c`. */
export const nameOfSubmission = (id: string): string => `mayday-${id}`;

/** The ConfigMap that pod number `index` writes its result into. */
export const resultName = (id: string, index: number | string): string => `${nameOfSubmission(id)}-${index}`;

/** `20261128-215349-3f9a2c`: sorts by time; two submissions of one second still differ. `random` is in [0,1). */
export function makeSubmissionId(now: number, random: () => number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const suffix = Math.floor(random() * 0x1000000).toString(16);
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${suffix.padStart(6, '0')}`;
}

/** Whether a text is a valid id of a submission, so that it can be used in label selectors and names. */
export const isSubmissionId = (text: string): boolean => /^\d{8}-\d{6}-[0-9a-f]{6}$/.test(text);

/** The labels of every object of a submission. */
export const labelsOf = (id: string): Record<string, string> => ({
  'app.kubernetes.io/part-of': 'mayday',
  'app.kubernetes.io/name': 'mayday-submission',
  [SUBMISSION]: id,
});
