/** One request of the corpus and how its answer is read. `<ns>` and `<step.path.to.value>` in texts stand for values. */
export interface Step {
  /** Unique within its scenario. */
  readonly name: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** An object is sent as JSON, a string as it is. */
  readonly body?: unknown;
  /** Content type of the body; `application/json` when absent, none at all when empty. */
  readonly type?: string;
  readonly accept?: string;
  /** The user that is impersonated. */
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** A bearer token instead of the administrator's credentials; empty for none at all. */
  readonly bearer?: string;
  /** The request is a watch: read until so many events have come, and a little longer for one too many. */
  readonly events?: number;
  /** Asked again until the answer has these values at these paths (`status` is the HTTP status, `headers.<name>` a header, `*` anything, null nothing): controllers need time. */
  readonly until?: Readonly<Record<string, unknown>>;
  /** Only these parts of the body are compared; the whole body when absent. */
  readonly only?: readonly string[];
}

/** Requests that follow each other, in a namespace of their own: `<ns>`, which is there before and goes after. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What a server answered, as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, a list of events, or text. */
  readonly body: unknown;
}
