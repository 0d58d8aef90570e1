import { type Family, families } from './families.ts';
import { pick, seededRandom } from './random.ts';
import { type Vehicle, vehicles } from './vehicles.ts';

export type Part = {
  readonly id: string;
  readonly name: string;
  readonly brand: string;
  readonly reference: string;
  readonly oemReference: string;
  readonly category: string;
  readonly categoryLabel: string;
  readonly vehicle: string;
  readonly priceCents: number;
  readonly stock: number;
  readonly rating: number;
};

/** The whole catalogue: one part for each family, car and brand (3,000). The seed fixes prices, references and stock. */
export function generateParts(seed = 2_026): readonly Part[] {
  const random = seededRandom(seed);
  const combinations = families.flatMap((family) =>
    vehicles.flatMap((vehicle) => family.brands.map((brand) => ({ family, vehicle, brand }))),
  );
  return combinations.map(({ family, vehicle, brand }, index) => ({
    id: `aa-${String(index + 1).padStart(4, '0')}`,
    name: pick(family.names, random),
    brand,
    reference: `${family.prefix}${brand.slice(0, 2).toUpperCase()}${digits(5, random)}`,
    oemReference: oemReference(vehicle, random),
    category: family.slug,
    categoryLabel: family.label,
    vehicle: `${vehicle.make} ${vehicle.model} ${vehicle.engine} (${vehicle.years})`,
    priceCents: priceCents(family, random),
    stock: random() < 0.08 ? 0 : 1 + Math.floor(random() * 40),
    rating: Math.round((3.4 + random() * 1.6) * 10) / 10,
  }));
}

/** Prices end in 90 cents, as in a shop. */
function priceCents(family: Family, random: () => number): number {
  const raw = family.minPriceCents + random() ** 2 * (family.maxPriceCents - family.minPriceCents);
  return Math.floor(raw / 100) * 100 + 90;
}

/** Each group of makes writes its original references in a form of its own. */
function oemReference(vehicle: Vehicle, random: () => number): string {
  switch (vehicle.make) {
    case 'Renault':
    case 'Dacia':
    case 'Nissan':
      return `${digits(5, random)}${digits(4, random)}R`;
    case 'Peugeot':
    case 'Citroën':
      return `16 ${digits(3, random)} ${digits(3, random)} 80`;
    case 'Volkswagen':
      return `5Q0 ${digits(3, random)} ${digits(3, random)} ${pick(['A', 'B', 'D', 'H'], random)}`;
    case 'Toyota':
      return `${digits(5, random)}-${digits(5, random)}`;
    default:
      return `${digits(8, random)}`;
  }
}

function digits(count: number, random: () => number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join('');
}
