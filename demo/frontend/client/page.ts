const button = document.querySelector<HTMLButtonElement>('.menu-button');

button?.addEventListener('click', () => {
  const open = button.getAttribute('aria-expanded') !== 'true';
  button.setAttribute('aria-expanded', String(open));
});

export {};
