import type { Migration } from './migration.ts';

/** Why an incident is open, as JSON, and whether it flaps. */
export const incidentCauses: Migration = {
  version: 2,
  title: 'causes and flapping of incidents',
  statements: () => [
    `alter table "incidents" add column "causes" text`,
    `alter table "incidents" add column "flapping" integer not null default 0`,
  ],
};
