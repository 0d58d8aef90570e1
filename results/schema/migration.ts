import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** One step of the schema. Never changed once released; a new step follows instead. */
export type Migration = {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly title: string;
  /** Statements in order; compiled by the builder of the engine in use. */
  statements(build: Kysely<Tables>): readonly string[];
};
