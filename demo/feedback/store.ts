import { mkdirSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedbackCategory } from './categorize.ts';

export type Feedback = {
  readonly id: string;
  readonly createdAt: string;
  readonly category: FeedbackCategory;
  readonly rating: number;
  readonly message: string;
  readonly email?: string | undefined;
};

export type FeedbackStore = {
  add(feedback: Feedback): Promise<void>;
  newest(count: number): Promise<readonly unknown[]>;
  readonly total: number;
};

/** Monitors that leave feedback every minute must not fill the disk. */
const maxFiles = 2000;

/** One JSON file for each message. Names begin with the time, so that sorting them sorts by age. */
export function openFeedback(folder: string): FeedbackStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return {
    async add(feedback) {
      const name = `${feedback.createdAt.replace(/[:.]/g, '-')}-${feedback.id}.json`;
      await writeFile(join(folder, name), `${JSON.stringify(feedback, null, 2)}\n`, { mode: 0o600 });
      names = [...names, name];
      const surplus = names.slice(0, -maxFiles);
      names = names.slice(-maxFiles);
      await Promise.all(surplus.map((old) => rm(join(folder, old), { force: true })));
    },
    async newest(count) {
      const texts = await Promise.all(
        names
          .slice(-count)
          .reverse()
          .map((name) => readFile(join(folder, name), 'utf8')),
      );
      return texts.map((text): unknown => JSON.parse(text));
    },
    get total() {
      return names.length;
    },
  };
}
