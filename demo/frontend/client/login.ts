import { required } from './elements.ts';
import { onSubmit } from './forms.ts';
import { logIn } from './session.ts';

onSubmit(required('connexion', HTMLFormElement), required('etat', HTMLParagraphElement), async (fields) => {
  await logIn(fields);
  location.assign(nextPage());
});

/** Only paths of this website: an address from outside must not decide where people land after they log in. */
function nextPage(): string {
  const asked = new URL(new URLSearchParams(location.search).get('suite') ?? '/compte', location.origin);
  return asked.origin === location.origin ? `${asked.pathname}${asked.search}` : '/compte';
}
