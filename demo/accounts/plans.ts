export type PlanId = 'essentiel' | 'confort' | 'atelier';
export type Plan = {
  readonly id: PlanId;
  readonly name: string;
  readonly priceCents: number;
  readonly currency: 'EUR';
  readonly period: 'month';
  readonly features: readonly string[];
};

const plan = (id: PlanId, name: string, priceCents: number, ...features: string[]): Plan => ({
  id,
  name,
  priceCents,
  currency: 'EUR',
  period: 'month',
  features,
});

export const plans: readonly Plan[] = [
  plan('essentiel', 'Essentiel', 490, 'Scan de carte grise illimité', 'Lecture des codes défaut', '1 véhicule'),
  plan('confort', 'Confort', 990, 'Tout Essentiel', 'Diagnostic en direct', 'Alertes d’entretien', '3 véhicules'),
  plan('atelier', 'Atelier', 2990, 'Tout Confort', 'Flash ECU', 'Historique complet', '20 véhicules'),
];

export function findPlan(id: string): Plan | undefined {
  return plans.find((candidate) => candidate.id === id);
}
