import type { Plan } from '../core/plan.ts';
import { type SecretProblem, type SecretRef, type Secrets, secretProblem, secretsIn } from '../core/secret.ts';

/** A secret that cannot be had, where it is wanted, and how to set it. */
export type UnsetSecret = SecretProblem & { readonly name: string; readonly usedBy: readonly string[] };

/** Every secret of the plan that is not set, cannot be read or is too short; all at once, so that they can be set at once. */
export function findUnsetSecrets(plan: Plan, secrets: Pick<Secrets, 'resolve'>): readonly UnsetSecret[] {
  const uses = new Map<string, { readonly ref: SecretRef; readonly usedBy: string[] }>();
  for (const [user, value] of usersOf(plan))
    for (const ref of secretsIn(value)) {
      const use = uses.get(`${ref.from} ${ref.secret}`) ?? { ref, usedBy: [] };
      uses.set(`${ref.from} ${ref.secret}`, use);
      use.usedBy.push(user);
    }
  return [...uses.values()].flatMap(({ ref, usedBy }) => {
    const problem = secretProblem(ref, secrets);
    return problem === undefined ? [] : [{ name: ref.secret, usedBy, ...problem }];
  });
}

/** `the secret 'TOKEN' is not set, used by check 'home' – set the environment variable TOKEN, …` */
export function describeUnset({ problem, usedBy, hint }: UnsetSecret): string {
  return `${problem}, used by ${usedBy.join(', ')}${hint === undefined ? '' : ` – ${hint}`}`;
}

function usersOf({ checks, channels, settings }: Plan): readonly (readonly [user: string, value: unknown])[] {
  const { apiTokens, ...others } = settings;
  return [
    ...checks.map(({ id, options }) => [`check '${id}'`, options] as const),
    ...channels.map((channel) => [`channel '${channel.id}'`, channel] as const),
    ...apiTokens.map(({ name, value }) => [`settings.apiTokens '${name}'`, value] as const),
    ...Object.entries(others).map(([name, value]) => [`settings.${name}`, value] as const),
  ];
}
