import { channelOfId } from './channel-trouble.ts';
import type { Incident } from './incident.ts';

/** What an incident is about, for lists and headings, e.g. `failing, flapping`. */
export function incidentWords({ check, track, flapping }: Pick<Incident, 'check' | 'track' | 'flapping'>): string {
  const word = channelOfId(check) !== undefined ? 'refusing alerts' : track === 'target' ? 'failing' : 'not measured';
  return flapping ? `${word}, flapping` : word;
}
