import { failureText } from './api.ts';
import { announce } from './elements.ts';

/** Sends a form by script: its button is off meanwhile, and what fails is announced. */
export function onSubmit(
  form: HTMLFormElement,
  status: HTMLElement,
  send: (fields: Readonly<Record<string, string>>) => Promise<void>,
): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  const submit = async () => {
    const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    if (button) button.disabled = true;
    announce(status, 'Un instant…');
    try {
      await send(fields);
    } catch (error) {
      announce(status, failureText(error), 'error');
    }
    if (button) button.disabled = false;
  };
}
