/** An object of any kind, as it is applied. */
export interface Thing {
  apiVersion?: string;
  kind: string;
  metadata?: { name?: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}
