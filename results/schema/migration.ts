/** One step of the schema. Never changed once released; a new step follows instead. */
export type Migration = {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly title: string;
  /** Statements in order. */
  statements(): readonly string[];
};
