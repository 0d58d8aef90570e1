type CardOutcome =
  | { readonly outcome: 'accepted'; readonly lastDigits: string }
  | { readonly outcome: 'declined'; readonly reason: string }
  | { readonly outcome: 'invalid'; readonly reason: string };

type Card = { readonly number: string; readonly expiry: string; readonly cvc: string };

const accepted = '4242424242424242';
const declined: Readonly<Record<string, string>> = {
  '4000000000000002': 'Carte refusée par la banque.',
  '4000000000009995': 'Provision insuffisante.',
};

/** A payment provider in test mode: only its test cards are known, real ones are never taken. */
export function chargeTestCard(card: Card, now: Date): CardOutcome {
  const number = card.number.replace(/[\s-]/g, '');
  if (!/^\d{13,19}$/.test(number) || !hasValidChecksum(number))
    return { outcome: 'invalid', reason: 'Le numéro de carte est incorrect.' };
  if (hasExpired(card.expiry, now))
    return { outcome: 'invalid', reason: 'La carte a expiré, ou sa date n’est pas de la forme MM/AA.' };
  if (!/^\d{3,4}$/.test(card.cvc))
    return { outcome: 'invalid', reason: 'Le cryptogramme compte trois ou quatre chiffres.' };
  const refusal = declined[number];
  if (refusal !== undefined) return { outcome: 'declined', reason: refusal };
  if (number === accepted) return { outcome: 'accepted', lastDigits: number.slice(-4) };
  return {
    outcome: 'declined',
    reason: 'Seules les cartes de test sont acceptées ici, par exemple 4242 4242 4242 4242.',
  };
}

/** Luhn's checksum. */
function hasValidChecksum(number: string): boolean {
  const digits = [...number].reverse().map(Number);
  const sum = digits.reduce(
    (total, digit, index) => total + (index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2),
    0,
  );
  return sum % 10 === 0;
}

/** A card is good to the end of its month. */
function hasExpired(expiry: string, now: Date): boolean {
  const [, month, year] = /^(0[1-9]|1[0-2])\s?\/\s?(\d\d)$/.exec(expiry.trim()) ?? [];
  if (month === undefined || year === undefined) return true;
  return Date.UTC(2000 + Number(year), Number(month), 1) <= now.getTime();
}
