/**
 * Limits of data, time and memory for one server. A healthy one with 100,000 pods stays far below: 200 pages, each of
 * a few hundred kilobytes. See docs/decisions.
 */
export const LIMITS = {
  /** One answer, decompressed. A larger page is requested again with fewer objects. */
  answerBytes: 64 * 1024 * 1024,
  /** Pages of one list: two million objects at 500 each. */
  pages: 4_000,
  /** Consecutive pages without an object. Kubernetes sends such a page only as the last. */
  emptyPages: 5,
  /** All pages of one list that is kept in memory as a whole. */
  listBytes: 768 * 1024 * 1024,
  /** All pages of one list together, milliseconds. */
  listMs: 120_000,
  /** The smallest page size that is requested. */
  smallestPage: 5,
} as const;
